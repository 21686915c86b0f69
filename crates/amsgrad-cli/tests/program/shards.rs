//! Shards: merged they are the whole to the byte, and one that is wrong is named.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{amsgrad, command};

const SITES: &str =
    "site,t,y\na,0,5.1\na,1,3.0\na,2,1.9\nb,0,2.9\nb,1,2.5\nb,2,2.0\nc,0,1.0\nd,0,4\nd,1,4\nd,2,4.1\n";

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// A folder with the table of the fits.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sites.csv"), SITES).unwrap();
    folder
}

/// What a command prints, its exit code, and the files that it leaves in the folder.
fn came<A: AsRef<std::ffi::OsStr>>(
    arguments: impl IntoIterator<Item = A>,
    folder: &Path,
) -> (Option<i32>, String, String, BTreeMap<String, Vec<u8>>) {
    let output = command(arguments).current_dir(folder).output().unwrap();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.map(|path| (path.display().to_string(), fs::read(&path).unwrap()));
    let files = files.map(|(path, bytes)| (path.replace(&folder.display().to_string(), ""), bytes));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr), files.collect())
}

/// Makes all shards of a command, in a folder of their own.
fn shards(line: &str, count: usize) -> (tempfile::TempDir, Vec<String>) {
    let folder = folder();
    let make = |index: usize| {
        let shard = format!("{index}/{count}");
        let mut words = words(line);
        // Before any formula that stands behind --.
        words.splice(1..1, ["--shard", &shard]);
        let made = command(words).current_dir(folder.path()).output().unwrap();
        assert_eq!(made.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&made.stderr));
        let path = folder.path().join(format!("{index}.json"));
        fs::write(&path, made.stdout).unwrap();
        path.display().to_string()
    };
    let files = (1..=count).map(make).collect();
    (folder, files)
}

/// Checks that the shards of these commands come to what the whole command comes to, files included.
fn merged(lines: &[&str]) {
    for line in lines {
        let whole = folder();
        let expected = came(words(line), whole.path());
        assert!(!expected.1.is_empty(), "{line}: {}", expected.2);
        for count in [1, 2, 7] {
            let (made, mut files) = shards(line, count);
            assert_eq!(
                fs::read_dir(made.path()).unwrap().count(),
                count + 1,
                "{line}: a shard is all it writes"
            );
            // In any order.
            files.reverse();
            let (merged, arguments) = (folder(), [vec!["merge".to_owned()], files].concat());
            // A fit is merged without its table; other commands read it again.
            let table = if line.starts_with("fit") { "" } else { SITES };
            fs::write(merged.path().join("sites.csv"), table).unwrap();
            let (code, out, told, mut left) = came(arguments, merged.path());
            left.insert("/sites.csv".to_owned(), SITES.into());
            assert!((code, out, told, left) == expected, "{line}, {count} shards");
        }
    }
}

#[test]
fn merged_starts_are_the_whole_to_the_byte() {
    merged(&[
        "minimize (x^2-1)^2+y^2 --bounds -2..2 --lr 0.05 --starts 30 --json --trace --history h.csv --curve c.svg",
        "minimize y~a*exp(-b*t) --data sites.csv --loss huber:0.5 --bounds 0..9 --lr 0.05 --starts 9 --json --curve c.svg",
        "minimize --problem rastrigin --starts 9 --seed 3 --steps 400 --save-config s.toml",
        "minimize cos(3*x)+y/9 --maximize --f32 --bounds -2..2 --starts 9 --lr 0.01 --steps 60 --plot p.png --dpi 40",
        // Some of the starts have no value.
        "minimize sqrt(x)*(y-x)^2 --bounds -1..1 --starts 8 --lr 0.1 --steps 40 --json",
    ]);
}

#[test]
fn merged_searches_are_the_whole_to_the_byte() {
    merged(&[
        "tune x^2+20*y^2 --bounds -2..2 --steps 99 --points 5 --seeds 20 --check 3 --method grid --target 1e-3 --plot t.svg",
        "tune y~a+b*t --data sites.csv --bounds 0..9 --steps 50 --points 3 --seeds 3 --check 2 --method grid --json",
        "tune log(x)+1/x --bounds -1..4 --steps 60 --samples 4 --seeds 3 --check 2 --method random --json --save-config s.toml",
    ]);
}

#[test]
fn merged_basins_are_the_whole_to_the_byte() {
    merged(&[
        "basins --problem himmelblau --side 7 --steps 300 --output b.svg",
        "basins y~a*exp(-b*t) --data sites.csv --bounds 0..5 --side 5 --lr 0.1 --steps 90 --output b.svg",
        "basins abs(x)+sin(y) --side 5 --lr 0.1 --steps 90 --json --output b.svg --title Here",
    ]);
}

#[test]
fn merged_fits_are_the_whole_to_the_byte() {
    merged(&[
        "fit y~a*exp(-b*t) sites.csv --by site",
        "fit sites.csv --minimize-sum (y-a)^2 --start a=1 --by site,t --method amsgrad --steps 20",
    ]);
}

#[test]
fn options_at_the_merge_take_the_place_of_others() {
    let (made, files) = shards("minimize --starts 4 --lr 0.1 --json --history no/h.csv -- -x+x^2", 2);
    let merge = |more: &[&str]| {
        came(
            [&["merge"][..], &files.iter().map(String::as_str).collect::<Vec<_>>(), more].concat(),
            made.path(),
        )
    };
    assert_eq!(merge(&[]).0, Some(2), "there is no such folder");
    let (code, out, told, left) = merge(&["--json", "--", "--history", "h.csv"]);
    assert_eq!((code, told.as_str()), (Some(0), ""));
    assert!(left.contains_key("/h.csv") && out.starts_with('{'));
    let told = merge(&["--", "--steps=9"]).2;
    assert!(
        told.ends_with("1.json: is a shard of another run: its steps is the default instead of 9\n"),
        "{told}"
    );
}

/// Options that a merge has no use for, and a picture that only the merge is told of.
#[test]
fn what_a_merge_cannot_do_is_told() {
    let (made, files) = shards("basins abs(x)+sin(y) --side 5 --lr 0.1 --steps 90", 2);
    let merge = |more: &[&str]| {
        let files = files.iter().map(String::as_str);
        came(["merge"].into_iter().chain(files).chain(more.iter().copied()), made.path())
    };
    for (more, told) in [
        (&[][..], "--output: is missing in the shards; add it after --, such as -- --output basins.png"),
        (
            &["--", "--checkpoint", "run.ckpt"],
            "--checkpoint: cannot be used in a merge, which makes no runs; leave it out",
        ),
        (&["--", "--shard=1/2"], "--shard: cannot be used in a merge, which makes no runs; leave it out"),
        (
            &["--", "--help"],
            "--help: cannot be used behind --; 'amsgrad help COMMAND' tells the options of a command",
        ),
        (&["-"], "FILES: -: there is no such file or folder; check the name"),
    ] {
        let (code, _, error, _) = merge(more);
        assert_eq!((code, error.as_str()), (Some(2), format!("error: {told}\n").as_str()));
    }
    let (code, _, told, left) = merge(&["--", "--output", "b.svg"]);
    assert!(code == Some(0) && left.contains_key("/b.svg"), "{told}");
}

#[test]
fn a_shard_that_is_wrong_is_named() {
    let run = "minimize x^2 --starts 6 --lr 0.1";
    let (folder, _three) = shards(run, 3);
    let (_two, two) = shards(run, 2);
    let (_other, other) = shards("minimize x^2 --starts 6 --lr 0.2", 3);
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let first = fs::read_to_string(folder.path().join("1.json")).unwrap();
    fs::copy(&two[1], folder.path().join("two.json")).unwrap();
    fs::copy(&other[1], folder.path().join("other.json")).unwrap();
    fs::copy(folder.path().join("2.json"), folder.path().join("again.json")).unwrap();
    write("empty.json", "");
    write("cut.json", &first[..first.len() / 2]);
    write("old.json", &first.replace("\"program\":\"", "\"program\":\"0.0."));
    write("spoiled.json", &first.replace("\"last_value\"", "\"value_last\""));
    write("fewer.json", &first.replace("\"results\":[{", "\"results\":[],\"others\":[{"));
    let mut script: serde_json::Value = serde_json::from_str(&first).unwrap();
    script["command"] = serde_json::json!(["tutorial"]);
    write("script.json", &script.to_string());
    write("table.csv", "t,y\n0,1\n");
    let read = |index: usize| fs::read_to_string(folder.path().join(format!("{index}.json"))).unwrap();
    write("all.json", &[read(3), read(1), read(2)].concat());
    let all = ["1", "2", "3"].map(|name| format!("{name}.json"));
    let merge = |files: &[String]| came([&["merge".to_owned()], files].concat(), folder.path());
    assert_eq!(merge(&["all.json".to_owned()]), merge(&all));
    let version = env!("CARGO_PKG_VERSION");
    for (files, told) in [
        ("1 3", "shard 2/3 is missing; add it".to_owned()),
        ("2", "shards 1/3, 3/3 are missing; add them".to_owned()),
        ("all 2", "2.json: is shard 2/3, as all.json, line 3 is; leave one of them out".to_owned()),
        ("1 2 again 3", "again.json: is shard 2/3, as 2.json is; leave one of them out".to_owned()),
        ("1 2 3 two", "two.json: is shard 2/2, but 1.json is shard 1/3; use those of one N".to_owned()),
        (
            "1 other 3",
            "other.json: is a shard of another run: its learning-rate is 0.2 instead of 0.1".to_owned(),
        ),
        ("empty 2 3", "empty.json: is empty: its shard was not made to the end; make it again".to_owned()),
        ("cut 2 3", "cut.json: is cut short or changed; make this shard again".to_owned()),
        ("old 2 3", format!("old.json: was made by amsgrad 0.0.{version}; make it again with {version}")),
        ("spoiled 2 3", "spoiled.json: holds other results: missing field `last_value`".to_owned()),
        ("fewer 2 3", "fewer.json: holds 0 results instead of 2; make it again".to_owned()),
        ("script 2 3", "FILES: hold the command 'tutorial', which has no shards".to_owned()),
        ("1 2 table.csv", "table.csv, line 1: is no shard that --shard printed; leave it out".to_owned()),
        ("1 2 nowhere", "FILES: nowhere.json: there is no such file or folder; check the name".to_owned()),
    ] {
        let named = |name: &str| if name.contains('.') { name.to_owned() } else { format!("{name}.json") };
        let files: Vec<String> = files.split(' ').map(named).collect();
        let (code, out, line, _) = came([vec!["merge".to_owned()], files].concat(), folder.path());
        assert_eq!((code, out.as_str()), (Some(2), ""), "{told}");
        assert!(line.starts_with(&format!("error: {told}")) && line.lines().count() == 1, "{line}{told}");
    }
}

#[test]
fn a_shard_of_a_search_continues_where_it_stopped() {
    let line = "tune x^2+9*y^2 --steps 90 --points 4 --seeds 5 --check 2 --method grid --target 1e-3";
    let (folder, files) = shards(line, 2);
    let first = || {
        let words = [&words(line)[..], &["--checkpoint", "runs.ckpt", "--shard", "1/2"]].concat();
        let (code, out, told, _) = came(words, folder.path());
        assert_eq!((code, told.as_str()), (Some(0), ""));
        out
    };
    let kept = folder.path().join("runs.ckpt");
    let (whole, runs) = (first(), fs::read_to_string(&kept).unwrap());
    // Killed while it wrote.
    fs::write(&kept, &runs[..runs.len() / 2]).unwrap();
    assert_eq!(first(), whole);
    assert_eq!(fs::read_to_string(&kept).unwrap().lines().count(), runs.lines().count());
    fs::write(&files[0], whole).unwrap();
    let merged = came([&["merge".to_owned()], &files[..]].concat(), folder.path());
    assert_eq!(merged.1, came(words(line), folder.path()).1, "the file is the shard's alone");
}

/// Other numbers in the table make another fit.
#[test]
fn shards_of_other_data_are_told() {
    let line = "fit y~a+b*t sites.csv --by site";
    let (_one, one) = shards(line, 2);
    let folder = folder();
    fs::write(folder.path().join("sites.csv"), SITES.replace("5.1", "5.2")).unwrap();
    let made = command([&words(line)[..], &["--shard", "2/2"]].concat())
        .current_dir(folder.path())
        .output()
        .unwrap();
    fs::write(&one[1], made.stdout).unwrap();
    let told = String::from_utf8(amsgrad([&["merge".to_owned()], &one[..]].concat()).stderr).unwrap();
    assert!(told.contains("2.json: is a shard of another run: its data is "), "{told}");
}

#[cfg(unix)]
#[test]
fn a_shard_that_is_stopped_prints_nothing() {
    use std::process::{Command, Stdio};
    let long = "minimize --problem ackley --starts 100000 --lr 1e-9 --steps 1e6 --shard 1/2";
    let child = command(words(long)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(400));
    Command::new("kill").args(["-INT", &child.id().to_string()]).output().unwrap();
    let output = super::ended(child, &long);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "the shard was stopped and is not printed; make it again\n");
}
