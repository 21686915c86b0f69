//! Runs that PyTorch began go on here, and ours there, as recorded by `crates/amsgrad/tests/golden/checkpoints.py`.

use std::fs;
use std::path::Path;

use amsgrad::tensors::Tensors;
use serde_json::Value;

use super::{command, document, golden};

fn recorded() -> Value {
    serde_json::from_str(&golden("checkpoints.json")).unwrap()
}

fn file(name: &str, by: &str) -> String {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../amsgrad/tests/golden");
    golden.join(format!("checkpoint-{name}-{by}.safetensors")).to_str().unwrap().to_owned()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// The words of a recording, those of its start among them or not.
fn words(recording: &Value, with_start: bool) -> Vec<&str> {
    let mut words: Vec<&str> =
        recording["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let start = words.iter().position(|word| *word == "--start").unwrap();
    if !with_start {
        words.drain(start..start + 2);
    }
    words
}

/// Where a run ends with these options besides.
fn end(words: Vec<&str>, more: &[&str]) -> Vec<f64> {
    let document = document(words.into_iter().chain(["--json"]).chain(more.iter().copied()));
    numbers(&document["outcome"]["last"]["point"])
}

fn are_close(ours: &[f64], theirs: &[f64], what: &str) {
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - theirs).abs() <= 1e-12, "{what}: {ours} instead of {theirs}");
    }
}

#[test]
fn a_run_that_pytorch_began_goes_on_here() {
    let recorded = recorded();
    for (name, recording) in recorded["problems"].as_object().unwrap() {
        let resumed = end(words(recording, false), &["--steps", "100", "--resume", &file(name, "torch")]);
        are_close(&resumed, &numbers(&recording["from_torch"]), name);
    }
}

#[test]
fn a_run_of_ours_goes_on_in_pytorch() {
    let recorded = recorded();
    for (name, recording) in recorded["problems"].as_object().unwrap() {
        // The file that PyTorch read is what the program writes today.
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("run.ckpt");
        end(words(recording, true), &["--steps", "60", "--checkpoint", kept.to_str().unwrap()]);
        let read = |bytes: Vec<u8>| Tensors::from_bytes(&bytes).unwrap();
        let (today, then) = (read(fs::read(&kept).unwrap()), read(fs::read(file(name, "ours")).unwrap()));
        for tensor in ["step", "parameters", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"] {
            assert_eq!(
                today.reals::<f64>(tensor).unwrap(),
                then.reals::<f64>(tensor).unwrap(),
                "{name}: {tensor}"
            );
        }
        are_close(&end(words(recording, true), &["--steps", "160"]), &numbers(&recording["from_ours"]), name);
    }
}

/// A file of PyTorch's is read, not written, and what does not fit it is refused.
#[test]
fn a_file_of_pytorch_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let torch = folder.path().join("torch.safetensors");
    fs::copy(file("valley", "torch"), &torch).unwrap();
    let bytes = fs::read(&torch).unwrap();
    let run = |words: &[&str]| {
        let words = [&["minimize", "(1-x)^2 + 100*(y-x^2)^2", "--dialect", "torch"], words].concat();
        command(words).current_dir(&folder).output().unwrap()
    };
    let resume = ["--lr", "0.01", "--steps", "20", "--resume", "torch.safetensors"];
    assert!(run(&resume).status.success());
    assert!(run(&[&resume[..], &["--checkpoint", "ours.ckpt"]].concat()).status.success());
    assert!(run(&[&resume[..], &["--checkpoint", "ours.ckpt"]].concat()).status.success());
    assert_eq!(fs::read(&torch).unwrap(), bytes);
    for (words, told) in [
        (
            &["--resume", "torch.safetensors"][..],
            "--learning-rate: is missing; a run that PyTorch began continues at a learning rate that is given",
        ),
        (
            &["--lr", "1", "--f32", "--resume", "torch.safetensors"],
            "--resume: torch.safetensors: 'parameters' holds F64; allowed: F32",
        ),
        (
            &["--lr", "1", "--vars", "x,y,z", "--resume", "torch.safetensors"],
            "--resume: torch.safetensors: 'parameters' holds 2 numbers; allowed: 3",
        ),
        (
            &["--lr", "1", "--start", "1,2", "--resume", "torch.safetensors"],
            "--start: cannot be used here: the file of PyTorch holds the point to go on from; leave it out",
        ),
    ] {
        let output = run(words);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("error: {told}\n"));
        assert_eq!(output.status.code(), Some(2));
    }
    let output =
        command(["minimize", "x^2 + y^2", "--rule", "nadam", "--lr", "1", "--resume", "torch.safetensors"]);
    let output = { output }.current_dir(&folder).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("error: --resume: torch.safetensors: the state is of rule amsgrad; "), "{told}");
}
