//! The program as a user meets it. The documents in tests/cmd read as sessions at a terminal; what they cannot say
//! (bytes, files, closed pipes) is tested here.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helper fails like a test")]

use std::fmt::Debug;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

mod animate;
mod basins;
mod compare;
mod config;
mod data;
mod defaults;
mod diagnose;
mod endings;
mod examples;
mod files;
mod listings;
mod odd;
mod pictures;
mod pipes;
mod reproduce;
mod shards;
mod signals;
mod survive;
mod torch;
mod tune;
mod tutorial;

/// The program with these arguments, ready to run.
fn command<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amsgrad"));
    command.args(arguments);
    command
}

/// Runs the program to its end.
fn amsgrad<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    command(arguments).output().unwrap()
}

/// Checks what a page of the documentation has behind a line, or writes it anew where `TRYCMD=overwrite` asks for it.
fn page(name: &str, before: &str, tables: &str) {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    let text = std::fs::read_to_string(&page).unwrap();
    let (head, told) = text.split_once(before).unwrap();
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        std::fs::write(&page, format!("{head}{before}{tables}")).unwrap();
    } else {
        assert_eq!(told, tables, "the page is out of date");
    }
}

/// How the child ended, within a minute.
fn ended(mut child: Child, arguments: &dyn Debug) -> Output {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("no end: {arguments:?}");
        }
        sleep(Duration::from_millis(1));
    }
    child.wait_with_output().unwrap()
}

/// A folder with a table of data for the commands that take one.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("decay.csv"), "t,y\n0,3.1\n1,2.2\n2,1.7\n3,1.4\n4,1.2\n5,1.1\n")
        .unwrap();
    // Two shards of a command, as --shard prints them.
    for shard in 1..=2 {
        let document = serde_json::json!({
            "amsgrad": "shard", "version": 1, "program": env!("CARGO_PKG_VERSION"), "shard": shard, "of": 2,
            "command": ["minimize", "--starts=2", "--learning-rate=0.1", "x^2"],
            "settings": { "formula": "x^2", "starts": 2, "learning-rate": 0.1 }, "found": null,
            "results": [{ "last_point": [0.0], "last_value": 0.0, "exit": "converged", "value": 0.0, "steps": 9 }],
        });
        std::fs::write(folder.path().join(format!("{shard}.json")), document.to_string()).unwrap();
    }
    folder
}

/// Standard output of a run that goes well and has nothing to say besides.
fn data<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Vec<u8> {
    let Output { status, stdout, stderr } = amsgrad(arguments);
    assert!(status.success(), "{status}: {}", String::from_utf8_lossy(&stderr));
    assert!(stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
    stdout
}

/// The same, parsed: one JSON document and nothing else.
fn document<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> serde_json::Value {
    serde_json::from_slice(&data(arguments)).unwrap()
}

/// What the tutorial's own program printed and computed under NumPy.
fn golden(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../amsgrad/tests/golden").join(name);
    std::fs::read_to_string(file).unwrap()
}

/// The names of the commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = String::from_utf8(data(["--help"])).unwrap();
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // Names stand at the third column; what goes on further right is a description.
    let names = listed.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn documents() {
    let sessions = trycmd::TestCases::new();
    // Help is wrapped to the terminal; the documents show it at 100 columns.
    sessions.env("COLUMNS", "100");
    sessions.register_bin("amsgrad", Path::new(env!("CARGO_BIN_EXE_amsgrad")));
    sessions.case("tests/cmd/*.md");
    for page in ["../../README.md", "../../docs/*.md"] {
        sessions.case(page);
    }
}
