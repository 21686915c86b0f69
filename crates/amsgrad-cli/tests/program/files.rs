//! Files that are written: links, modes and devices as they were, and nothing lost where the disk is full.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Output;

use crate::command;

/// Saves settings to `path`, seen from `folder`.
fn save(folder: &Path, path: &str) -> Output {
    let mut command = command(["minimize", "x^2", "--lr", "0.1", "--save-config", path]);
    command.current_dir(folder).output().unwrap()
}

/// The same, well.
fn saved(folder: &Path, path: &str) {
    let output = save(folder, path);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
}

fn is_saved(file: &Path) {
    assert!(fs::read_to_string(file).unwrap().starts_with("formula = \"x^2\"\n"));
}

#[test]
fn a_file_keeps_its_mode_its_links_and_its_symlinks() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file.toml"), folder.path().join("link.toml"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("file.toml", &link).unwrap();
    saved(folder.path(), "link.toml");
    is_saved(&file);
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("file.toml"));
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o640);

    let other = folder.path().join("other.toml");
    fs::write(&file, "old").unwrap();
    fs::hard_link(&file, &other).unwrap();
    saved(folder.path(), "file.toml");
    is_saved(&other);
    assert_eq!(fs::metadata(&file).unwrap().ino(), fs::metadata(&other).unwrap().ino());
}

#[test]
fn a_symlink_to_nothing_is_followed_and_one_in_a_circle_refused() {
    let folder = tempfile::tempdir().unwrap();
    symlink("new.toml", folder.path().join("link.toml")).unwrap();
    saved(folder.path(), "link.toml");
    is_saved(&folder.path().join("new.toml"));

    symlink("circle.toml", folder.path().join("circle.toml")).unwrap();
    let told = String::from_utf8(save(folder.path(), "circle.toml").stderr).unwrap();
    assert_eq!(told, "error: --save-config: circle.toml: too many symlinks lead there\n");
}

#[test]
fn devices_and_pipes_are_written_through() {
    let folder = tempfile::tempdir().unwrap();
    saved(folder.path(), "/dev/null");
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());

    let output = save(folder.path(), "/dev/stdout");
    assert!(String::from_utf8(output.stdout).unwrap().contains("formula = \"x^2\"\n"));

    let run =
        "mkfifo pipe && { \"$0\" minimize x^2 --lr 0.1 --save-config pipe >/dev/null & cat pipe; wait; }";
    let mut shell = std::process::Command::new("sh");
    let output =
        shell.args(["-c", run, env!("CARGO_BIN_EXE_amsgrad")]).current_dir(&folder).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("formula = \"x^2\"\n"));
    assert!(fs::metadata(folder.path().join("pipe")).unwrap().file_type().is_fifo());
}

/// The run is told although its history cannot be written; the file is called as the user called it.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_the_file_and_not_the_outcome() {
    let folder = tempfile::tempdir().unwrap();
    for (name, option) in [("h.csv", "--history"), ("h.jsonl", "--history"), ("s", "--save-config")] {
        symlink("/dev/full", folder.path().join(name)).unwrap();
        let mut command = command(["minimize", "x^2", "--lr", "1e-6", "--steps", "2000", option, name]);
        let output = command.current_dir(&folder).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8(output.stdout).unwrap().contains("\nbest value "));
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(told, format!("error: {option}: {name}: No space left on device\n"));
    }
}

/// Every output is tried before the work: nothing is printed.
#[test]
fn what_cannot_be_written_is_told_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("d.csv")).unwrap();
    for (option, name) in [
        ("--save-config", "no/s.toml"),
        ("--history", "no/h.csv"),
        ("--plot", "no/p.png"),
        ("--curve", "no/c.svg"),
        ("--history", "d.csv"),
    ] {
        let mut command = command(["minimize", "x^2", option, name]);
        let output = command.current_dir(&folder).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
        assert!(told.starts_with(&format!("error: {option}: {name}")) && told.lines().count() == 1, "{told}");
    }
}

/// A file of settings that never ends is not read to its end.
#[cfg(target_os = "linux")]
#[test]
fn a_settings_file_has_a_limit() {
    let output = command(["minimize", "--config", "/dev/zero"]).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "error: --config: /dev/zero: the file is too long; at most 16777216 bytes are read\n");
}
