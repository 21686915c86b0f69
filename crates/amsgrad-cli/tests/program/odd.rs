//! Hundreds of odd arguments over all commands: one line that names the argument, and no formula out of an option.

use std::ffi::OsString;
use std::process::{Output, Stdio};

use crate::{command, commands, data, ended, folder};

/// Every command as it goes well and ends soon.
pub(crate) fn quick(name: &str) -> Vec<&'static str> {
    match name {
        "minimize" => vec!["minimize", "x^2", "--lr", "0.1"],
        "evaluate" => vec!["evaluate", "x^2", "--at", "1"],
        "plot" => vec!["plot", "curve", "x^2", "--output", "c.svg"],
        "basins" => vec!["basins", "x^2+y^2", "--side", "3", "--output", "b.svg", "--lr", "0.1"],
        "check" => vec!["check", "x^2", "--points", "2"],
        "compare" => {
            vec![
                "compare",
                "x^2+y^2",
                "--rules",
                "adam,amsgrad",
                "--starts",
                "2",
                "--steps",
                "20",
                "--plot",
                "v.svg",
            ]
        }
        "tune" => vec![
            "tune", "x^2+y^2", "--points", "3", "--seeds", "2", "--check", "2", "--steps", "20", "--plot",
            "t.svg",
        ],
        "diagnose" => {
            vec!["diagnose", "x^2+y^2", "--lr", "0.1", "--starts", "2", "--steps", "20", "--plot", "d.svg"]
        }
        "animate" => vec![
            "animate", "x^2+y^2", "--lr", "0.1", "--steps", "9", "--frames", "2", "--dpi", "60", "--output",
            "a.png",
        ],
        "reproduce" => vec!["reproduce", "section3", "--steps", "200", "--output", "r.svg"],
        "merge" => vec!["merge", "1.json", "2.json"],
        "fit" => vec!["fit", "y ~ a*t + b", "decay.csv", "--save", "line.json"],
        "predict" => vec!["predict", "line.json", "decay.csv"],
        "problems" => vec!["problems", "sphere"],
        "completions" => vec!["completions", "bash"],
        "tutorial" => vec!["tutorial"],
        "rules" => vec!["rules"],
        "dialects" => vec!["dialects"],
        "bench" => vec!["bench"],
        "help" => vec!["help"],
        "man" => vec!["man"],
        other => panic!("say how {other} goes well"),
    }
}

/// Values that hardly any option takes.
fn odd_values() -> Vec<OsString> {
    let long = "9,".repeat(20_000);
    let words = [
        "",
        "abc",
        "-1",
        "1e400",
        "nan",
        "a\nb",
        "1 2",
        "2..1",
        "--bogus",
        "-",
        "=",
        "\u{202e}x",
        "'\"`$(ls)",
        "0x10",
        "18446744073709551616",
        "x=1,x=2",
        "..",
        "1e-400",
        "\t",
        "ball:",
        "simplex:-1",
        "l2:x",
        "/",
        "no/such/file.svg",
    ];
    let mut values: Vec<OsString> = words.into_iter().chain([long.as_str()]).map(OsString::from).collect();
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        values.push(OsString::from_vec(b"a\xffb".to_vec()));
    }
    values
}

/// With another separator a table has other columns, and those are what is told.
const TOLD_ELSEWHERE: &str = "--separator";

/// The options of a command, as its help lists them: long name, and whether a value follows.
fn options(name: &str) -> Vec<(String, bool)> {
    let help = String::from_utf8(data([name, "--help"])).unwrap();
    // Descriptions stand further to the right.
    let indent = |line: &str| line.len() - line.trim_start().len();
    let listed =
        help.lines().filter(|line| (2..8).contains(&indent(line)) && line.trim_start().starts_with('-'));
    let long =
        listed.filter_map(|line| Some((line.split([' ', ',']).find(|word| word.starts_with("--"))?, line)));
    long.map(|(word, line)| (word.to_owned(), line.contains('<'))).collect()
}

/// Runs the arguments in `folder`.
fn run(arguments: &[OsString], folder: &std::path::Path) -> Output {
    let mut command = command(arguments);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    ended(command.spawn().unwrap(), &arguments)
}

/// What a refusal looks like: one line that names `argument`, or several that point into a formula.
fn check(arguments: &[OsString], output: &Output, argument: &str, must_fail: bool) {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    let code = output.status.code();
    assert!(matches!(code, Some(0..=2)), "{code:?} of {arguments:?}: {told}");
    assert!(!must_fail || code == Some(2), "{arguments:?} is accepted: {told}");
    if code != Some(2) {
        return;
    }
    let pointed = told.contains("\n  |\n");
    assert!(told.starts_with("error: "), "{arguments:?}: {told}");
    assert!(pointed || told.lines().count() == 1, "{arguments:?}: {told}");
    assert!(told.lines().all(|line| line.chars().count() <= 200), "{arguments:?}: {told}");
    assert!(pointed || told.contains(argument), "{arguments:?}: {told}");
}

#[test]
fn an_odd_value_is_taken_or_refused_by_name() {
    let folder = folder();
    let values = odd_values();
    let mut next = values.iter().cycle();
    let mut tried = 0;
    for name in commands() {
        for (option, _) in options(&name).iter().filter(|(_, takes_value)| *takes_value) {
            for turn in 0..2 {
                let value = next.next().unwrap();
                let mut arguments: Vec<OsString> = quick(&name).into_iter().map(OsString::from).collect();
                if turn % 2 == 0 {
                    arguments.extend([option.into(), value.clone()]);
                } else {
                    let mut joined = OsString::from(format!("{option}="));
                    joined.push(value);
                    arguments.push(joined);
                }
                check(
                    &arguments,
                    &run(&arguments, folder.path()),
                    if option == TOLD_ELSEWHERE { "" } else { option },
                    false,
                );
                tried += 1;
            }
            // So that each option meets other values than the one before.
            next.next();
        }
    }
    assert!(tried > 350, "{tried}");
}

#[test]
fn an_option_there_is_not_is_never_a_formula() {
    let folder = folder();
    let mut tried = 0;
    for name in commands() {
        let options = options(&name);
        let known = |word: &str| options.iter().any(|(option, _)| option == word);
        // Each option meets two of five slips, by turns.
        let typed = options.iter().enumerate().flat_map(|(place, (option, _))| {
            let (head, tail) = option.split_at(option.len() - 1);
            let slips = [
                head.to_owned(),
                format!("{option}s"),
                option[1..].to_owned(),
                format!("{head}{tail}{tail}"),
                option.to_uppercase(),
            ];
            slips.into_iter().cycle().skip(2 * place % 5).take(2)
        });
        let typed = typed.chain(["--quiet", "--q", "---", "-q", "--x^2", "--=1"].map(str::to_owned));
        for word in
            typed.filter(|word| !known(word) && !["--lr", "--eps", "--tolerance"].contains(&word.as_str()))
        {
            let whole = quick(&name);
            // Where the formula would stand, and behind everything, by turns.
            let place = if tried % 2 == 0 { 1 } else { whole.len() };
            let mut arguments: Vec<OsString> = whole.iter().map(OsString::from).collect();
            arguments.insert(place, word.clone().into());
            if ["minimize", "evaluate", "check"].contains(&name.as_str()) && place == 1 {
                arguments.remove(2);
            }
            check(&arguments, &run(&arguments, folder.path()), word.split('=').next().unwrap(), true);
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn threads_beyond_what_the_machine_has_are_not_started() {
    let minimize = ["minimize", "--problem", "sphere", "--starts", "8"];
    let run = |threads: &str| command(minimize).env("RAYON_NUM_THREADS", threads).output().unwrap();
    let told = |threads: &str| String::from_utf8(run(threads).stdout).unwrap();
    // All but the time.
    let lines =
        |told: String| told.lines().filter(|line| !line.starts_with("took")).collect::<Vec<_>>().join("\n");
    for threads in ["0", "2", "1000000", "many"] {
        assert_eq!(lines(told(threads)), lines(told("1")), "{threads}");
    }
}
