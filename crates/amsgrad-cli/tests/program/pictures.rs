//! Pictures: whole files of the right kind, the same bytes every time, and the look that is asked for.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::{amsgrad, golden};

const NAMES: [&str; 3] = ["surface", "contour", "path"];

/// Writes the pictures and returns their bytes; the run itself is printed as ever.
fn pictures(folder: &Path, format: &str, colors: &str) -> Vec<Vec<u8>> {
    let place = folder.to_str().unwrap();
    let Output { status, stdout, stderr } =
        amsgrad(["tutorial", "--plots", place, "--format", format, "--colors", colors]);
    let told = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{told}");
    assert_eq!(String::from_utf8(stdout).unwrap(), golden("tutorial-published.txt"));
    let files = NAMES.map(|name| folder.join(format!("{name}.{format}")));
    let expected: String = files.iter().map(|file| format!("wrote {}\n", file.display())).collect();
    assert_eq!(told, expected);
    assert_eq!(fs::read_dir(folder).unwrap().count(), NAMES.len(), "nothing else is left behind");
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn check(format: &str, looks_right: impl Fn(&[u8]) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for colors in ["jet", "viridis", "turbo"] {
        let drawn = pictures(&folder.path().join("made/if need be").join(colors), format, colors);
        for (name, bytes) in NAMES.iter().zip(drawn) {
            assert!(looks_right(&bytes), "{format}, {colors}: {name} of {} bytes", bytes.len());
            assert!(!seen.contains(&bytes), "{format}, {colors}: {name} is another picture's double");
            seen.push(bytes);
        }
    }
    assert!(
        pictures(&folder.path().join("again"), format, "turbo") == seen[6..],
        "{format}: not the same twice"
    );
}

#[test]
fn png() {
    let number = |bytes: &[u8]| bytes.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    check("png", |bytes| {
        let sharp = number(&bytes[16..20]) >= 1600 && number(&bytes[20..24]) >= 1200;
        bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.ends_with(b"IEND\xae\x42\x60\x82") && sharp
    });
}

#[test]
fn svg() {
    check("svg", |bytes| {
        let text = std::str::from_utf8(bytes).unwrap();
        text.contains("<svg") && text.trim_end().ends_with("</svg>") && text.len() < 1_000_000
    });
}

#[test]
fn pdf() {
    check("pdf", |bytes| bytes.starts_with(b"%PDF-") && bytes.trim_ascii_end().ends_with(b"%%EOF"));
}

#[test]
fn existing_pictures_are_replaced_and_other_files_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = pictures(&folder.path().join("fresh"), "png", "jet");
    fs::write(folder.path().join("surface.png"), "old").unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    assert!(amsgrad(["tutorial", "--plots", folder.path().to_str().unwrap()]).status.success());
    assert_eq!(fs::read(folder.path().join("surface.png")).unwrap(), fresh[0]);
    assert_eq!(fs::read_to_string(folder.path().join("notes.txt")).unwrap(), "mine");
}

/// One line with exit code 2, before anything is printed.
fn refused(place: &Path) -> String {
    let Output { status, stdout, stderr } = amsgrad(["tutorial", "--plots", place.to_str().unwrap()]);
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len()), (Some(2), 0), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    told
}

#[test]
fn a_file_is_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let told = refused(&file);
    assert!(told.ends_with("file is a file; give a folder, which is made if need be\n"), "{told}");
    assert!(refused(&file.join("below")).starts_with("error: --plots: "));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files() {
    // Nobody can make files there, whoever runs the tests.
    let told = refused(Path::new("/proc/self"));
    assert_eq!(
        told,
        "error: --plots: /proc/self/surface.png: there is no such file or folder; check the name\n"
    );
}

/// Draws with `amsgrad plot` and returns the file's bytes.
fn plotted(folder: &Path, file: &str, arguments: &[&str]) -> Vec<u8> {
    let path = folder.join(file);
    let output = ["--output", path.to_str().unwrap()];
    let Output { status, stderr, .. } = amsgrad(["plot"].iter().chain(arguments).chain(&output));
    assert!(status.success(), "{}", String::from_utf8(stderr).unwrap());
    fs::read(path).unwrap()
}

#[test]
fn a_plot_looks_as_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let look = ["--size", "8.4x6.3cm", "--font-size", "8", "--title", "A & B", "--label", "x=time [s]"];
    let contour = [&["contour", "--problem", "himmelblau", "--levels", "20"][..], &look].concat();
    let svg = String::from_utf8(plotted(folder.path(), "a.svg", &contour)).unwrap();
    for part in [">A &amp; B</text>", ">time [s]</text>", ">y</text>", "width=\"3.308in\""] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(svg.matches(">100</text>").count() > 1, "lines are labeled");
    let png = plotted(folder.path(), "a.png", &[&contour[..], &["--dpi", "100"]].concat());
    assert_eq!((&png[16..20], &png[20..24]), (&331_u32.to_be_bytes()[..], &248_u32.to_be_bytes()[..]));
    assert!(png == plotted(folder.path(), "b.png", &[&contour[..], &["--dpi", "100"]].concat()));
    let dark = plotted(folder.path(), "dark.svg", &["curve", "x^2", "--dark", "--log", "y"]);
    assert!(String::from_utf8(dark).unwrap().contains("fill=\"#121212\""));
}

#[test]
fn a_run_is_drawn_on_surface_contour_and_curve() {
    let folder = tempfile::tempdir().unwrap();
    for (formula, start, kinds) in
        [("x^2 + 3*y^2", "1,1", &["surface", "path", "curve"][..]), ("x^2", "1", &["path", "curve"])]
    {
        let history = folder.path().join("run.csv");
        let history = history.to_str().unwrap();
        let run = ["minimize", formula, "--start", start, "--history", history, "--steps", "50"];
        assert!(amsgrad(run).status.success());
        for kind in kinds {
            let svg = plotted(folder.path(), "run.svg", &[kind, formula, "--history", history]);
            let svg = String::from_utf8(svg).unwrap();
            let marks = [">start</text>", ">best</text>", ">max |gradient|</text>"];
            assert_eq!(
                marks.map(|mark| svg.contains(mark)),
                if *kind == "curve" { [false, false, true] } else { [true, true, false] }
            );
        }
    }
}
