//! Signals at random moments, over all commands: an ending that is told, and no unfinished file.
//!
//! `AMSGRAD_SIGNALS=200 cargo test -p amsgrad-cli --test program signals` tries more of them.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::{command, commands, ended, folder};

const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// Every command with work that takes a while, where it has such work, and files to write.
fn long(name: &str) -> Vec<&'static str> {
    match name {
        "minimize" => vec![
            "minimize",
            "(1-x)^2+100*(y-x^2)^2",
            "--start",
            "0,0",
            "--lr",
            "1e-9",
            "--steps",
            "1e9",
            "--history",
            "h.csv",
            "--save-config",
            "s.toml",
            "--plot",
            "p.png",
        ],
        "basins" => vec!["basins", "--problem", "himmelblau", "--side", "60", "--output", "b.png"],
        "check" => vec!["check", "--problem", "rosenbrock", "-n", "20", "--points", "1e6", "--json"],
        "plot" => vec!["plot", "contour", "sin(5*x)*cos(5*y)", "--output", "c.png"],
        "problems" => vec!["problems", "ackley", "--plot", "a.svg"],
        "compare" => {
            vec!["compare", "--problem", "ackley", "--steps", "100000", "--plot", "v.png", "--paths", "p.png"]
        }
        "tune" => {
            vec![
                "tune",
                "--problem",
                "ackley",
                "--steps",
                "100000",
                "--checkpoint",
                "t.jsonl",
                "--plot",
                "t.png",
            ]
        }
        "diagnose" => vec!["diagnose", "--problem", "ackley", "--steps", "100000", "--plot", "d.png"],
        "animate" => vec!["animate", "--problem", "himmelblau", "--lr", "0.01", "--output", "a.png"],
        "reproduce" => vec!["reproduce", "figure1", "--steps", "1e9", "--output", "r.png"],
        "tutorial" => vec!["tutorial", "--plots", "pictures", "--steps", "20000"],
        "bench" => vec!["bench", "--seconds", "1", "--json"],
        // Its model is what a fit has saved.
        "predict" => crate::odd::quick("fit"),
        _ => crate::odd::quick(name),
    }
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).output();
    sent.unwrap();
}

/// All names below the folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: std::path::PathBuf| match path.is_dir() {
        true => files(&path),
        false => vec![path.file_name().unwrap().to_string_lossy().into_owned()],
    };
    entries.flat_map(below).collect()
}

fn started(arguments: &[&str], folder: &Path) -> Child {
    let mut command = command(arguments);
    command.current_dir(folder).stdout(std::fs::File::create(folder.join("out.txt")).unwrap());
    command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn at_random_moments() {
    let tries = std::env::var("AMSGRAD_SIGNALS").map_or(44, |tries| tries.parse().unwrap());
    let commands = commands();
    let mut random = 12345_u64;
    for i in 0..tries {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let delay = Duration::from_micros((random >> 33) % 250_000);
        let (signal, code) = SIGNALS[i % SIGNALS.len()];
        // Half of them into the command with the most to lose.
        let name = if i % 2 == 0 { "minimize" } else { &commands[i / 2 % commands.len()] };
        let arguments = long(name);
        let folder = folder();
        let child = started(&arguments, folder.path());
        sleep(delay);
        send(signal, &child);
        let output = ended(child, &arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let context = format!("{arguments:?}, {signal} after {delay:?}: {told}");
        let seen = output.status.code();
        // A signal that comes before the program listens has its usual effect.
        let early = seen.is_none() && delay < Duration::from_millis(50);
        assert!(early || [0, 1, code].contains(&seen.unwrap_or(-1)), "{seen:?}, {context}");
        let left = files(folder.path());
        assert!(left.iter().all(|name| !name.starts_with(".tmp")), "{left:?}, {context}");
        if name == "minimize" && seen == Some(1) {
            let out = std::fs::read_to_string(folder.path().join("out.txt")).unwrap();
            assert!(out.contains("\nend            stopped"), "{out}, {context}");
            // Before the first step there is nothing to write, and that is told.
            let all = ["h.csv", "s.toml", "p.png"].iter().all(|name| left.iter().any(|left| left == name));
            assert!(all || told.starts_with("h.csv is not written"), "{left:?}, {context}");
        }
    }
}

/// Stopped while many starts are under way, the run that is reported has no history, and an older file stays as it is.
#[test]
fn an_older_history_is_not_replaced_by_an_empty_one() {
    let folder = folder();
    let file = folder.path().join("h.csv");
    std::fs::write(&file, "old").unwrap();
    let arguments =
        ["minimize", "--problem", "rastrigin", "-n", "10", "--starts", "3000", "--history", "h.csv"];
    let child = started(&arguments, folder.path());
    sleep(Duration::from_millis(300));
    send("INT", &child);
    let output = ended(child, &arguments);
    let written = std::fs::read_to_string(&file).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{told}");
    assert!(
        written.lines().count() > 1 || (written == "old" && told.starts_with("h.csv is not written")),
        "{told}"
    );
}

/// Started as by `nohup`, a run is not stopped by SIGHUP.
#[cfg(target_os = "linux")]
#[test]
fn an_ignored_hangup_stays_ignored() {
    let run = "trap '' HUP; exec \"$0\" minimize x^2 --start 1 --lr 1e-9 --steps 1e9";
    let mut child = Command::new("sh")
        .args(["-c", run, env!("CARGO_BIN_EXE_amsgrad")])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    sleep(Duration::from_millis(400));
    send("HUP", &child);
    sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none());
    send("TERM", &child);
    assert_eq!(ended(child, &run).status.code(), Some(1));
}
