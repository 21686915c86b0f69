//! A reader that has had enough is no failure: `amsgrad tutorial | head -1` ends quietly.

use std::process::{Output, Stdio};

use crate::command;

/// Runs the program with standard output closed from the start.
fn unread(arguments: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = command(arguments);
    let child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let all: [&[&str]; 11] = [
        &["tutorial"],
        &["tutorial", "--listing"],
        &["tutorial", "--json"],
        &["rules"],
        &["rules", "--json"],
        &["dialects"],
        &["dialects", "--json"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["--version"],
    ];
    for arguments in all {
        let Output { status, stderr, .. } = unread(arguments);
        assert_eq!(String::from_utf8_lossy(&stderr), "", "{arguments:?}");
        assert_eq!(status.code(), Some(0), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    for arguments in [&["tutorial"][..], &["tutorial", "--json"], &["rules"], &["dialects"], &["man"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let Output { status, stderr, .. } = command(arguments).stdout(full).output().unwrap();
        let told = String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.starts_with("error: stdout cannot be written: "), "{arguments:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}
