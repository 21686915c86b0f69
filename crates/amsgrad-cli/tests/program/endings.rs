//! How runs end that are easy to misjudge: what is best, and whether the status says so.

use serde_json::Value;

use super::{amsgrad, document};

fn run(arguments: &str) -> Value {
    // Formulas have no spaces here.
    document(["minimize", "--json"].into_iter().chain(arguments.split(' ')))["outcome"].take()
}

fn near(run: &Value, point: &[f64]) -> bool {
    let best = run["best"]["point"].as_array().unwrap();
    best.iter()
        .zip(point)
        .all(|(x, right)| (x.as_f64().unwrap() - right).abs() <= 1e-3 * right.abs().max(1e-3))
}

#[test]
fn the_minimum_is_found() {
    for (arguments, point) in [
        ("(x-3)^2 --start 0 --lr linear(0,0.1,100) --value-change 1e-9", &[3.0][..]),
        ("(1-x)^2+100*(y-x^2)^2 --bounds -1e6..1e6 --start -1.2,1 --point-change 1e-12", &[1.0, 1.0]),
        ("(1-x)^2+100*(y-x^2)^2 --bounds -1e100..1e100 --start -1.2,1", &[1.0, 1.0]),
        ("x^2 --bounds -1.797e308..1.797e308", &[0.0]),
        ("x^2 --within ball:1e308", &[0.0]),
        ("x+1/x --bounds 1e-12..1.797e308 --start 1500", &[1.0]),
        ("sqrt(x) --bounds 0..10 --start 1", &[0.0]),
        ("cbrt(x) --bounds 0..10 --start 1", &[0.0]),
        ("x^0.9 --bounds 0..10 --start 1", &[0.0]),
        ("sqrt(x)+(y-3)^2 --bounds 0..10 --start 1,1", &[0.0, 3.0]),
        ("1e300*x^2 --start 0.3", &[0.0]),
        ("1e-8*(x-3)^2 --start 0", &[3.0]),
        ("1e-8*(x-3)^2 --start 0 --lr 0.1", &[3.0]),
        ("--start 8 -- -exp(-(x-3)^2)", &[3.0]),
        ("--start 8 --lr 0.1 -- -exp(-(x-3)^2)", &[3.0]),
        ("(a/1e-3-1)^2+(b/1e3-1)^2 --start 0.002,500", &[1e-3, 1e3]),
        ("(x-3)^2 --start 1e6", &[3.0]),
        ("(x-1e6)^2 --start 1", &[1e6]),
        ("(1-x)^2+100*(y-x^2)^2", &[1.0, 1.0]),
        ("(1-x)^2+100*(y-x^2)^2 --bounds -2..2 --seed 7", &[1.0, 1.0]),
        ("3*sqrt(x)+y --within simplex --start 0.5,0.5", &[0.0, 1.0]),
        ("3*sqrt(x)+y --within simplex --bounds 0..0.75 --start 0.5,0.5", &[0.25, 0.75]),
        ("50*(x-0.9)^2 --bounds 0..1 --start 0.05 --rule gradient-descent", &[0.9]),
        ("if(x>1,0/0,50*(x-0.9)^2) --bounds 0..1 --start 0.05 --rule gradient-descent", &[0.9]),
    ] {
        let run = run(arguments);
        assert!(near(&run, point), "{arguments}: {run:#}");
    }
}

#[test]
fn a_run_that_did_not_converge_does_not_say_so() {
    for arguments in [
        "(x-3)^2 --start 0 --lr cosine(0.1,0,20) --point-change 1e-9",
        "x^2 --rule gradient-descent --lr 1 --start 1 --value-change 1e-9",
    ] {
        let run = run(arguments);
        assert_eq!(run["status"], "step-limit", "{arguments}: {run:#}");
    }
}

#[test]
fn what_is_no_minimum_is_named() {
    for (arguments, kind) in [
        ("--start 0,0 --lr 0.1 -- -(x^2+y^2)", "maximum"),
        ("x^2+y^2 --start 0,0 --lr 0.1 --maximize", "minimum"),
        ("x^3 --start 0 --lr 0.1", "saddle"),
        ("x^2-y^2 --start 0,0 --lr 0.1", "saddle"),
        ("--within simplex:10 --start 2,2 --lr 0.1 -- -(x^2+y^2)", "maximum"),
        ("floor(x)^2 --start 3.5 --lr 0.1", "plateau"),
        ("if(x<0.2,5*x-1,0) --start 0.5 --lr 0.1", "plateau"),
    ] {
        let run = run(arguments);
        assert_eq!(run["stationary"], kind, "{arguments}: {run:#}");
    }
    // A corner between a simplex and bounds is none of these.
    assert!(run("x+2*y --within simplex --bounds x=..0.6")["stationary"].is_null());
    // Without a learning rate a run goes on from there.
    assert_eq!(run("floor(x)^2 --start 3.5")["best"]["value"], 0.0);
    let corner = run("--within simplex:10 --start 2,2 -- -(x^2+y^2)");
    assert!((corner["best"]["value"].as_f64().unwrap() + 100.0).abs() < 1e-9, "{corner:#}");
}

#[test]
fn a_value_that_falls_without_end_is_told() {
    for arguments in
        [&["--start", "2", "--", "-exp(x)"][..], &["--start", "2", "--lr", "0.5", "--", "-exp(x)"]]
    {
        let output = amsgrad(["minimize"].iter().chain(arguments));
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(told.contains("falls without end"), "{told}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn no_rate_is_found_where_the_start_has_no_value() {
    let told = String::from_utf8(amsgrad(["minimize", "1/0*x"]).stdout).unwrap();
    assert!(told.contains("learning rate  none found"), "{told}");
}

#[test]
fn a_ball_far_larger_than_the_steps_is_no_reason_to_have_converged() {
    for arguments in
        ["(x/1e20-1)^2+(y/1e20-2)^2 --within ball:1e21", "(x-1e24)^2 --start 1 --within ball:1e25"]
    {
        let run = run(arguments);
        let best = run["best"]["value"].as_f64().unwrap();
        assert!(run["status"] != "converged" || best < 1e-6, "{arguments}: {run:#}");
    }
}

#[test]
fn one_minimum_is_told_once() {
    // Runs that reached a target have found no minimum.
    for (arguments, minima) in [
        (&["(x-0.6369616873214543)^2*(1+x^2)", "--bounds", "0..1", "--starts", "30", "--lr", "0.01"][..], 1),
        (&["x^2", "--bounds", "0..1", "--starts", "30", "--lr", "0.1", "--target", "0.5"], 0),
    ] {
        let document = document([&["minimize", "--json"], arguments].concat());
        assert_eq!(document["minima"].as_array().unwrap().len(), minima, "{arguments:?}");
    }
}

#[test]
fn the_reason_fits_the_point() {
    let run = run("x^2+1e300 --start 0.3");
    // No digit of the value can show what is left to gain.
    let best = run["best"]["point"][0].as_f64().unwrap();
    assert_eq!(
        (run["test"].as_str(), run["measured"].as_f64()),
        (Some("gain"), Some(2.0 * best * best)),
        "{run:#}"
    );
}

#[test]
fn limits_hold_for_trials_and_legs_together() {
    let limited = run("(1-x)^2+100*(y-x^2)^2+1e-9*x --start -1.2,1 --evaluations 300");
    assert!(limited["counts"]["values"].as_u64().unwrap() <= 300, "{limited:#}");
    let timed = run("(1-x)^2+100*(y-x^2)^4 --start -1.2,1 --time 0.2 --steps 1000000000000");
    assert!(timed["seconds"].as_f64().unwrap() < 2.0, "{timed:#}");
}
