//! Any bytes as a file that the program reads: settings, a history, a saved model, a shard.
//!
//! The program prints what it finds; `-close_fd_mask=3` keeps that quiet:
//!
//!     cargo +nightly fuzz run files -- -close_fd_mask=3

#![no_main]

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use amsgrad_cli::shards::{Parts, Row, Shared};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder for the files"));

fn run(arguments: &[&str]) -> u8 {
    amsgrad_cli::run(["amsgrad"].iter().chain(arguments).map(OsString::from))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let file = |name: &str| FOLDER.path().join(name);
    let (kind, picture) = (choice % 5, file("picture.svg"));
    let read = file(["settings.toml", "history.csv", "history.jsonl", "model.json", "shard.json"][usize::from(kind)]);
    fs::write(&read, bytes).expect("room for the file");
    let code = match kind {
        0 => {
            // Whatever the file asks for, this ends soon.
            let limits = ["--steps", "3", "--evaluations", "50", "--starts", "1"];
            run(&[&["minimize", "--config", text(&read)][..], &limits].concat())
        }
        1 | 2 => run(&["plot", "path", "x^2 + y^2", "--history", text(&read), "--output", text(&picture)]),
        3 => {
            let table = file("table.csv");
            fs::write(&table, "t,y\n1,2\n2,3\n").expect("room for the table");
            run(&["predict", text(&read), text(&table)])
        }
        // A merge would run whatever command stands there.
        _ => {
            let read = std::str::from_utf8(bytes).map(|shard| Parts::new([("shard".to_owned(), shard.to_owned())]));
            if let Ok(Ok(parts)) = read {
                let _ = (parts.check(&Value::Null), parts.found::<Shared>(), parts.results::<Row>(2));
            }
            0
        }
    };
    assert!(code <= 2);
});
