//! Runs that are drawn as they go.

use std::path::Path;

use super::amsgrad;

/// Draws with these arguments; returns the number of frames, the size, and the bytes of the file.
fn drawn(folder: &Path, arguments: &[&str]) -> (u32, [u32; 2], usize) {
    let file = folder.join("a.png");
    let output = amsgrad(["animate"].iter().chain(arguments).chain(&["--output", file.to_str().unwrap()]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(file).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let control = bytes.windows(4).position(|chunk| chunk == b"acTL").unwrap();
    (number(control + 4), [number(16), number(20)], bytes.len())
}

#[test]
fn there_are_as_many_frames_as_asked_for_of_the_size_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let run = ["(1-x)^2 + 10*(y-x^2)^2", "--start", "-1.2,1", "--lr", "0.05", "--steps", "100"];
    let (frames, size, bytes) = drawn(folder.path(), &[&run[..], &["--frames", "6"]].concat());
    assert_eq!((frames, size), (6, [1000, 500]));
    assert!(bytes < 600_000, "{bytes}");
    let small = ["--frames", "4", "--size", "6x4in", "--dpi", "80", "--font-size", "8"];
    assert_eq!(drawn(folder.path(), &[&run[..], &small].concat()).1, [480, 320]);
}

#[test]
fn one_variable_and_many_are_drawn_too() {
    let folder = tempfile::tempdir().unwrap();
    for formula in ["x^2 + sin(5*x)", "sum(i, 1, n, (x[i] - i)^2)", "0*x + y^2"] {
        let run = [formula, "-n", "3", "--lr", "0.3", "--steps", "20", "--frames", "3", "--dpi", "60"];
        let run = if formula.contains("[i]") { &run[..] } else { &[&run[..1], &run[3..]].concat() };
        assert_eq!(drawn(folder.path(), run).0, 3, "{formula}");
    }
}
