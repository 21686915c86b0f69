//! The examples of every help text and manual page, and the page on formulas.

use std::path::Path;
use std::process::Command;

use crate::{commands, data, document, folder};

fn text(arguments: &[&str]) -> String {
    String::from_utf8(data(arguments)).unwrap()
}

/// The lines of a text that are commands, each with `amsgrad` as its first word.
fn examples(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with("amsgrad "))
        .collect()
}

/// Runs a line as it would be typed; exit code 0.
fn run(line: &str, folder: &Path) {
    let program = Path::new(env!("CARGO_BIN_EXE_amsgrad")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output =
        Command::new("sh").args(["-c", line]).env("PATH", path).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(unix)]
#[test]
fn every_command_has_examples_that_work_and_stand_in_its_manual_page() {
    let folder = folder();
    for name in commands() {
        let help = text(&["help", &name]);
        let examples = examples(&help);
        assert!(!examples.is_empty(), "{name}");
        assert!(examples.iter().all(|line| text(&[&name, "--help"]).contains(line)), "{name}");
        let page = text(&["man", &name]);
        let (_, page) = page.split_once(".SH EXAMPLES\n").unwrap();
        for line in examples {
            assert!(line.starts_with(&format!("amsgrad {name}")), "{line}");
            let escaped = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\*(Aq");
            assert!(page.lines().any(|other| other.trim_start() == escaped), "{line} is not in {page}");
            match name.as_str() {
                // Minutes of measuring.
                "bench" => {}
                // Many starts take long where nothing is optimized.
                "basins" => run(&format!("{line} --side 9"), folder.path()),
                "animate" => run(&format!("{line} --frames 3"), folder.path()),
                "compare" | "tune" | "diagnose" | "reproduce" => {
                    run(&format!("{line} --steps 50"), folder.path());
                }
                _ => run(line, folder.path()),
            }
        }
    }
    examples(&text(&[])).iter().for_each(|line| run(line, folder.path()));
}

/// What the page says of formulas is so.
#[cfg(unix)]
#[test]
fn the_page_on_formulas_lists_what_the_language_has() {
    let page = text(&["help", "formulas"]);
    for function in amsgrad_formula::functions() {
        assert!(
            page.lines().any(|line| line.contains(function.usage()) && line.ends_with(function.meaning()))
        );
    }
    let folder = folder();
    examples(&page).iter().for_each(|line| run(line, folder.path()));
    let value = |formula: &str| document(["evaluate", "--json", formula])["value"].as_f64();
    for constant in ["pi", "e", "tau"] {
        assert!(page.contains(constant) && value(constant).is_some());
    }
    for (formula, expected) in [
        ("2^3^2", 512.0),
        ("2**3", 8.0),
        ("-2^2", -4.0),
        ("!0", 1.0),
        ("(-7) % 3", 2.0),
        ("0 < 1 < 2", 1.0),
        ("not 1 == 2", 1.0),
        ("1 and 0 or 1", 1.0),
        ("if(1 < 0, 3, 4)", 4.0),
        ("sum(i, 1, 3, i^2)", 14.0),
        ("prod(i, 1, 3, cos(0)*i)", 6.0),
        (".5 + 2. + 1e-3", 2.501),
    ] {
        assert_eq!(value(formula), Some(expected), "{formula}");
    }
}

/// Every picture that the gallery shows is in the repository, and a command of the page draws it.
#[test]
fn the_gallery_shows_what_its_commands_draw() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let page = std::fs::read_to_string(docs.join("gallery.md")).unwrap();
    let commands: String = page.lines().filter(|line| line.starts_with("amsgrad ")).collect();
    let mut shown = page.split("](").skip(1).filter_map(|part| part.split(')').next()).peekable();
    assert!(shown.peek().is_some());
    for picture in shown {
        let tutorial = ["surface", "contour", "path"].map(|name| format!("pictures/{name}.png"));
        let drawn = commands.contains(picture) || tutorial.iter().any(|name| name == picture);
        assert!(drawn && docs.join(picture).is_file(), "{picture}");
    }
}
