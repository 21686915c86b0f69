//! Work that is killed and goes on: the same bits as if it had not been.
//!
//! `AMSGRAD_KILLS=1000 cargo test --release -p amsgrad-cli --test program survive` kills more often than every run does.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{command, folder};

const ROSENBROCK: &str = "(1-x)^2 + 100*(y-x^2)^2";

/// Numbers that look random, from 0 to 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }
}

/// A command, what it writes besides its report, and how it is kept.
#[derive(Clone, Copy, Debug)]
struct Work {
    arguments: &'static [&'static str],
    files: &'static [&'static str],
    every: &'static str,
}

impl Work {
    fn run(&self, folder: &Path, more: &[&str]) -> Output {
        let output = command(self.arguments.iter().chain(more)).current_dir(folder).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("error") && !told.contains("warning"), "{self:?}: {told}");
        output
    }

    /// What came of it: report and files, without the time it took.
    fn result(&self, output: &Output, folder: &Path) -> Vec<Vec<u8>> {
        let report = String::from_utf8(output.stdout.clone()).unwrap();
        let timeless =
            |line: &str| match line.trim_start().starts_with("\"seconds\"") || line.starts_with("took ") {
                true => line.rsplit_once([',', ':']).map_or(line, |(head, _)| head).to_owned(),
                false => line.to_owned(),
            };
        let report: Vec<String> = report.lines().map(timeless).collect();
        let files = self.files.iter().map(|name| fs::read(folder.join(name)).unwrap());
        std::iter::once(report.join("\n").into_bytes()).chain(files).collect()
    }

    /// Kills or stops it again and again, at random moments, each time where the one before has come to; whenever it comes to its end,
    /// that is the same.
    fn survives(&self, kills: u64, seed: u64) {
        let folder = folder();
        fs::write(folder.path().join("rows.csv"), rows()).unwrap();
        let began = Instant::now();
        let whole = self.run(folder.path(), &[]);
        let whole = self.result(&whole, folder.path());
        let longest = began.elapsed().as_secs_f64();
        let kept = ["--checkpoint", "work.ckpt", "--every", self.every];
        let begin_anew = || {
            for name in ["work.ckpt", "work.ckpt.steps", ".work.ckpt.amsgrad-part"].iter().chain(self.files) {
                let _not_there = fs::remove_file(folder.path().join(name));
            }
        };
        begin_anew();
        let (mut random, mut killed) = (Random(seed), 0);
        while killed < kills {
            let mut child = command(self.arguments.iter().chain(&kept))
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let (spawned, moment) = (Instant::now(), Duration::from_secs_f64(random.next() * longest));
            while spawned.elapsed() < moment && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_millis(1));
            }
            // Some are asked to stop.
            if random.next() < 0.3 {
                let mut stop = std::process::Command::new("kill");
                stop.args(["-TERM", &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
            } else {
                child.kill().unwrap();
            }
            let was_killed = child.wait().unwrap().code() != Some(0);
            killed += u64::from(was_killed);
            if !was_killed || random.next() < 0.3 {
                let output = self.run(folder.path(), &kept);
                assert!(self.result(&output, folder.path()) == whole, "{self:?} after {killed} kills");
                begin_anew();
            }
        }
        let output = self.run(folder.path(), &kept);
        assert!(self.result(&output, folder.path()) == whole, "{self:?} after {killed} kills");
        // What has ended is told again.
        let output = self.run(folder.path(), &[&kept[..2], &["--resume", "work.ckpt"]].concat());
        assert!(self.result(&output, folder.path()) == whole, "{self:?} told again");
    }
}

/// A table of decays at 30 sites, with some noise.
fn rows() -> String {
    let mut random = Random(5);
    let row = |i: u32| {
        let (site, t) = (i % 30, f64::from(i / 30));
        let y = (3.0 + f64::from(site)) * (-0.3 * t).exp() + 1.0 + 0.1 * random.next();
        format!("{site},{t},{y}\n")
    };
    std::iter::once("site,t,y\n".to_owned()).chain((0..900).map(row)).collect()
}

/// Number of kills for each kind of work.
fn kills() -> u64 {
    std::env::var("AMSGRAD_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(8)
}

#[test]
fn a_run_that_is_killed_ends_in_the_same_bits() {
    let rosenbrock = &["minimize", ROSENBROCK, "--start", "0,0", "--lr", "1e-4", "--steps", "9000"];
    Work { arguments: rosenbrock, files: &[], every: "100" }.survives(kills(), 1);
    let all = &[
        "minimize",
        ROSENBROCK,
        "--start",
        "0,0",
        "--lr",
        "3e-4",
        "--steps",
        "600",
        "--patience",
        "400",
        "--point-change",
        "1e-9",
        "--f32",
        "--history",
        "h.jsonl",
        "--plot",
        "p.svg",
        "--json",
        "--trace",
    ];
    Work { arguments: all, files: &["h.jsonl", "p.svg"], every: "77" }.survives(kills(), 2);
    let in_time =
        &["minimize", "--problem", "rosenbrock", "-n", "20", "--lr", "1e-4", "--steps", "1200", "--trace"];
    Work { arguments: in_time, files: &[], every: "20ms" }.survives(kills(), 3);
}

#[test]
fn a_run_that_finds_its_learning_rates_does_too() {
    let bounded = &["minimize", ROSENBROCK, "--bounds", "-2..2", "--steps", "4000", "--history", "h.csv"];
    Work { arguments: bounded, files: &["h.csv"], every: "500" }.survives(kills(), 4);
    let free = &["minimize", "--problem", "rosenbrock", "-n", "4", "--steps", "4000", "--json"];
    Work { arguments: free, files: &[], every: "1" }.survives(kills(), 5);
}

#[test]
fn runs_from_many_starts_do_too() {
    let many = &["minimize", "--problem", "rastrigin", "--starts", "70", "--steps", "200", "--json"];
    Work { arguments: many, files: &[], every: "10" }.survives(kills(), 6);
    let packs = &["minimize", "x^2 + y^2", "--starts", "9000", "--lr", "0.01", "--steps", "9"];
    Work { arguments: packs, files: &[], every: "3000" }.survives(kills(), 7);
}

#[test]
fn searches_and_comparisons_do_too() {
    let search = &[
        "tune",
        "x^2 + 20*y^2",
        "--bounds",
        "-2..2",
        "--steps",
        "200",
        "--points",
        "6",
        "--seeds",
        "4",
        "--check",
        "3",
        "--vary",
        "beta1=0.5,0.9",
        "--json",
        "--save-config",
        "best.toml",
    ];
    Work { arguments: search, files: &["best.toml"], every: "5" }.survives(kills(), 8);
    let comparison = &[
        "compare",
        ROSENBROCK,
        "--rules",
        "amsgrad,adam",
        "--trials",
        "4",
        "--starts",
        "5",
        "--steps",
        "200",
        "--json",
    ];
    Work { arguments: comparison, files: &[], every: "5" }.survives(kills(), 9);
}

#[test]
fn fits_do_too() {
    const MODEL: &str = "y ~ a*exp(-b*t) + c";
    let starts =
        &["fit", MODEL, "rows.csv", "--bounds", "a=0..50,b=0..3,c=-5..5", "--starts", "40", "--json"];
    Work { arguments: starts, files: &[], every: "2" }.survives(kills(), 10);
    let groups = &["fit", MODEL, "rows.csv", "--by", "site"];
    Work { arguments: groups, files: &[], every: "3" }.survives(kills(), 11);
    let legs = &[
        "fit",
        MODEL,
        "rows.csv",
        "--method",
        "amsgrad",
        "--start",
        "a=9,b=1,c=0",
        "--steps",
        "1500",
        "--plot",
        "fit.svg",
        "--json",
    ];
    Work { arguments: legs, files: &["fit.svg"], every: "23" }.survives(kills(), 12);
    let batches = &[
        "fit",
        MODEL,
        "rows.csv",
        "--method",
        "amsgrad",
        "--rule",
        "adam",
        "--batch-size",
        "60",
        "--epochs",
        "150",
        "--json",
    ];
    Work { arguments: batches, files: &[], every: "40" }.survives(kills(), 13);
}

/// A signal has the work kept at once, whatever `--every` says.
#[test]
fn a_run_that_is_stopped_is_kept_at_once() {
    let folder = folder();
    let arguments = ["minimize", ROSENBROCK, "--start", "0,0", "--lr", "1e-9", "--steps", "2e6"];
    let kept = ["--checkpoint", "work.ckpt", "--every", "1h"];
    let mut child = command(arguments.iter().chain(&kept));
    let child =
        child.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    sleep(Duration::from_millis(600));
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    let steps = |told: &str| {
        let line = told.lines().find(|line| line.starts_with("took ")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let mut bytes = fs::read(folder.path().join("work.ckpt")).unwrap();
    let step = step_of(&bytes);
    assert_eq!(step, steps(&told), "the last step is the one that is kept");
    assert!(step > 0);
    bytes.truncate(bytes.len() / 2);
    fs::write(folder.path().join("half.ckpt"), bytes).unwrap();
    let output = command(arguments.iter().chain(&["--resume", "half.ckpt"]))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("error: --resume: half.ckpt: no safetensors file: "), "{told}");
    assert_eq!(output.status.code(), Some(2));
}

/// The second of two runs on one file is refused, and what a killed one leaves is no lock.
#[test]
fn two_runs_do_not_share_a_checkpoint() {
    let folder = folder();
    let kept = ["--checkpoint", "work.ckpt", "--every", "1000"];
    let long = ["minimize", ROSENBROCK, "--start", "0,0", "--lr", "1e-9", "--steps", "1e9"];
    let mut run = command(long.iter().chain(&kept));
    let mut child = run.current_dir(folder.path()).stdout(Stdio::null()).spawn().unwrap();
    while !folder.path().join("work.ckpt").exists() {
        sleep(Duration::from_millis(1));
    }
    let told = refused(folder.path(), &[&long[..], &kept].concat());
    let other = refused(folder.path(), &["minimize", "x^2", "--checkpoint", "work.ckpt"]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(told, "error: --checkpoint: work.ckpt: is in use by another run; use another file, or wait\n");
    assert_eq!(other, told);
    let other = refused(folder.path(), &["minimize", "x^2", "--checkpoint", "work.ckpt"]);
    assert!(other.contains("was begun with another formula"), "{other}");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("lock")), "a lock is left");
}

/// The number of steps in a checkpoint.
fn step_of(bytes: &[u8]) -> u64 {
    amsgrad::tensors::Tensors::from_bytes(bytes).unwrap().number("step").unwrap() as u64
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = command(arguments).current_dir(folder).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn files_of_others_are_left_as_they_are() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| fs::write(path(name), text).unwrap();
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    write("rows.csv", "y,x\n1,2\n2,4\n3,7");
    write("notes", "a line without an end");
    write("run.steps", "my results");
    write("movie.part", "precious");
    let tune = ["tune", "x^2", "--points", "3", "--seeds", "2", "--check", "2", "--steps", "20"];
    for name in ["rows.csv", "notes"] {
        let before = read(name);
        for option in ["--checkpoint", "--resume"] {
            let told = refused(folder.path(), &[&tune[..], &[option, name]].concat());
            assert!(told.contains("is no file that 'amsgrad tune' began"), "{told}");
            let told = refused(folder.path(), &["fit", "y ~ a*x", "rows.csv", option, name]);
            assert!(told.contains("is no file that 'amsgrad fit' began"), "{told}");
        }
        assert_eq!(read(name), before);
    }
    let run = ["minimize", "x^2", "--start", "1", "--lr", "0.1", "--steps", "9"];
    let told = refused(folder.path(), &[&run[..], &["--history", "h.csv", "--checkpoint", "run"]].concat());
    assert!(told.contains("run.steps, which is there already"), "{told}");
    assert!(
        command([&run[..], &["--checkpoint", "movie"]].concat())
            .current_dir(folder.path())
            .status()
            .unwrap()
            .success()
    );
    assert_eq!((read("run.steps").as_str(), read("movie.part").as_str()), ("my results", "precious"));
    // A file to begin from that is of other work is not copied.
    let other =
        ["minimize", "x^2", "--start", "1", "--lr", "0.2", "--resume", "movie", "--checkpoint", "copy"];
    let told = refused(folder.path(), &other);
    assert!(
        told.starts_with("error: --resume: movie: was begun with another learning-rate")
            && !path("copy").exists(),
        "{told}"
    );
}

#[test]
fn a_checkpoint_of_other_settings_is_refused() {
    let folder = folder();
    let work = ["minimize", "x^2 + y^2", "--lr", "0.01", "--steps", "50", "--checkpoint", "work.ckpt"];
    assert!(command(work).current_dir(folder.path()).output().unwrap().status.success());
    // Where it is kept is no setting of a run.
    let saved = [&work[..], &["--save-config", "s.toml"]].concat();
    assert!(command(saved).current_dir(folder.path()).output().unwrap().status.success());
    assert!(!fs::read_to_string(folder.path().join("s.toml")).unwrap().contains("work.ckpt"));
    let with = |more: &[&str]| refused(folder.path(), &[&work[..], more].concat());
    for (more, told) in [
        (
            &["--beta1", "0.8"][..],
            "another beta1, the default instead of 0.8; use its settings, or another file",
        ),
        (&["--seed", "3"], "another seed, the default instead of 3; use its settings, or another file"),
        (
            &["--history", "h.csv"],
            "out --history, --trace, --plot and --curve, so its first steps are not known; leave these out, or use another file",
        ),
    ] {
        assert!(with(more).ends_with(&format!("{told}\n")), "{}", with(more));
    }
    let other = refused(
        folder.path(),
        &["minimize", "x^2 + z^2", "--lr", "0.01", "--steps", "50", "--resume", "work.ckpt"],
    );
    assert_eq!(
        other,
        "error: --resume: work.ckpt: was begun with another formula, 'x^2 + y^2' instead of 'x^2 + z^2'; use its settings, or another file\n"
    );
    assert_eq!(
        refused(folder.path(), &["minimize", "x^2", "--resume", "none.ckpt"]),
        "error: --resume: none.ckpt: there is no such file; --checkpoint begins one\n"
    );
    let device = refused(folder.path(), &["minimize", "x^2", "--lr", "0.1", "--checkpoint", "/dev/null"]);
    assert_eq!(
        device,
        "error: --checkpoint: /dev/null: is no regular file, which is what a checkpoint replaces; use another\n"
    );
    let many = refused(folder.path(), &["minimize", "x^2", "--starts", "9", "--resume", "work.ckpt"]);
    assert_eq!(
        many,
        "error: --resume: work.ckpt: is no file that 'amsgrad minimize' began for many runs; use another\n"
    );
    assert_eq!(
        refused(folder.path(), &["minimize", "x^2", "--every", "3"]),
        "error: --every: needs --checkpoint, the file in which the work is kept\n"
    );
    assert!(
        refused(folder.path(), &["minimize", "x^2", "--checkpoint", "no/work.ckpt"])
            .starts_with("error: --checkpoint: no/work.ckpt: ")
    );
}

/// Killed while the disk is nearly full, it leaves a checkpoint that can be read. `AMSGRAD_SMALL_DISK` may name a folder on a small
/// file system; else a limit on the size of files takes its place.
#[test]
fn a_kill_on_a_full_disk_leaves_a_checkpoint_that_can_be_read() {
    let small = std::env::var_os("AMSGRAD_SMALL_DISK").map(PathBuf::from);
    let folder = folder();
    let place = small.clone().unwrap_or_else(|| folder.path().to_owned());
    let limit = if small.is_none() { "trap '' XFSZ; ulimit -f 48; " } else { "" };
    let run = format!("{limit}exec \"$0\" \"$@\"");
    let work = [
        "minimize",
        ROSENBROCK,
        "--start",
        "0,0",
        "--lr",
        "1e-6",
        "--steps",
        "9000",
        "--every",
        "1",
        "--checkpoint",
    ];
    let file = place.join("small.ckpt");
    let (mut random, mut steps) = (Random(14), 0);
    for _ in 0..kills() {
        let mut child = std::process::Command::new("sh")
            .args(["-c", &run, env!("CARGO_BIN_EXE_amsgrad")])
            .args(work)
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_secs_f64(random.next() * 0.3));
        child.kill().unwrap();
        child.wait().unwrap();
        if let Ok(bytes) = fs::read(&file) {
            let now = step_of(&bytes);
            assert!(now >= steps, "{now} after {steps}");
            steps = now;
        }
    }
    assert!(steps > 0);
}

/// The last checkpoint stays whole where the disk is full, and the run goes on.
#[test]
fn a_full_disk_leaves_the_last_checkpoint_whole() {
    let folder = folder();
    let file = folder.path().join("work.ckpt");
    // A limit on the size of files takes the place of the disk; its signal is ignored, so that the write fails.
    let limited = |blocks: u32, arguments: &[&str]| {
        let run = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &run, env!("CARGO_BIN_EXE_amsgrad")]).args(arguments).current_dir(folder.path());
        command.output().unwrap()
    };
    // The history grows, and with it the checkpoint, past the limit.
    let work = ["minimize", ROSENBROCK, "--start", "0,0", "--lr", "1e-6", "--steps", "4000"];
    let whole = command(work).output().unwrap();
    let kept = [&work[..], &["--checkpoint", "work.ckpt", "--every", "100"]].concat();
    let output = limited(64, &kept);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "warning: --checkpoint: work.ckpt: File too large; the run goes on\n");
    assert_eq!(output.status.code(), Some(0));
    let report =
        |output: &[u8]| String::from_utf8(output.to_vec()).unwrap().split("took").next().unwrap().to_owned();
    assert_eq!(report(&output.stdout), report(&whole.stdout));
    let step = step_of(&fs::read(&file).unwrap());
    assert!((100..4000).contains(&step), "{step}");
    let left: Vec<PathBuf> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| !path.to_string_lossy().ends_with("part")), "{left:?}");
    let resumed = command(&kept).current_dir(folder.path()).output().unwrap();
    assert_eq!(report(&resumed.stdout), report(&whole.stdout));
}
