//! A reader that has had enough is no failure: `amsgrad tutorial | head -1` ends quietly.

use std::path::Path;
use std::process::{Output, Stdio};

use crate::odd::quick;
use crate::{command, commands, data, ended, folder};

/// Runs the program with standard output closed from the start.
fn unread(arguments: &[&str], folder: &Path) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = command(arguments);
    command.current_dir(folder);
    let child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    ended(child, &arguments)
}

#[test]
fn a_closed_pipe_ends_quietly_and_at_once() {
    let folder = folder();
    let mut all: Vec<Vec<&str>> = vec![vec![], vec!["--help"], vec!["--version"], vec!["help", "formulas"]];
    let commands = commands();
    for name in commands.iter().filter(|name| !["bench", "plot"].contains(&name.as_str())) {
        all.push(quick(name));
        all.push(vec![name, "--help"]);
        if String::from_utf8(data([name, "--help"])).unwrap().contains("--json") {
            all.push([quick(name).as_slice(), &["--json"]].concat());
        }
    }
    all.push(vec!["tutorial", "--listing"]);
    // More than any buffer holds.
    let rows = (0..4000).map(|i| format!("{},{},{}\n", i / 2, i % 2 + 1, 3 * (i % 2 + 1)));
    std::fs::write(folder.path().join("groups.csv"), "g,t,y\n".to_owned() + &rows.collect::<String>())
        .unwrap();
    let fit = ["fit", "y ~ a*t", "groups.csv"];
    let saved = command([&fit[..], &["--save", "model.json"]].concat()).current_dir(folder.path()).output();
    assert!(saved.unwrap().status.success());
    all.push([&fit[..], &["--by", "g"]].concat());
    all.push(vec!["predict", "model.json", "groups.csv"]);
    let endless = ["minimize", "x^2", "--start", "1", "--lr", "1e-9", "--steps", "1e15", "--trace"];
    all.push(endless.to_vec());
    for arguments in all {
        let Output { status, stderr, .. } = unread(&arguments, folder.path());
        // Pictures are written all the same, and that is told; how many groups were fitted, too.
        let told = String::from_utf8_lossy(&stderr).into_owned();
        let good = |line: &str| line.starts_with("wrote ") || line.contains(" converged, ");
        assert!(told.lines().all(good), "{arguments:?}: {told}");
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
