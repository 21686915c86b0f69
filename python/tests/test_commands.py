"""The commands that study a problem."""

import json
import subprocess

import pytest
from amsgrad import Report, basins, compare, diagnose, tune

ROSENBROCK, SIDES = "(1-x)^2 + 100*(y-x^2)^2", [(-2, 2), (-1, 3)]


def program(*arguments):
    return json.loads(subprocess.run(["amsgrad", *arguments, "--json"], capture_output=True, text=True).stdout)


def test_compare():
    report = compare(
        ROSENBROCK, bounds=SIDES, figures=["plot", "paths"], rules="amsgrad,adam:beta2=0.99",
        as_given=True, lr=0.02, starts=4, steps=100,
    )
    told = program("compare", ROSENBROCK, "--bounds", "x=-2..2,y=-1..3", "--rules", "amsgrad,adam:beta2=0.99",
                   "--as-given", "--lr", "0.02", "--starts", "4", "--steps", "100")
    assert isinstance(report, Report) and report == told
    assert list(report.figures) == ["plot", "paths"] and all(b"<svg" in it for it in report.figures.values())
    assert report._repr_html_().count("<svg") == 2 and compare("x^2", starts=2, steps=9)._repr_html_() is None


def test_tune(tmp_path):
    file = tmp_path / "settings.toml"
    report = tune(
        "x^2 + 30*y^2", bounds=[(-2, 2)] * 2, vary=["lr=1e-2,1e-1", "beta1=0.5,0.9"], method="grid",
        seeds=4, check=4, steps=100, figures="plot", save_config=file,
    )
    told = program("tune", "x^2 + 30*y^2", "--bounds=-2..2", "--vary", "lr=1e-2,1e-1", "--vary", "beta1=0.5,0.9",
                   "--method", "grid", "--seeds", "4", "--check", "4", "--steps", "100")
    assert report == told and b"<svg" in report.figures["plot"] and "learning-rate" in file.read_text()


def test_basins():
    report = basins("(x^2-1)^2 + y^2", bounds=[(-2, 2)] * 2, side=20)
    assert b"<svg" in report.figures["output"] and len(report["places"]) == 2
    assert basins(problem="himmelblau", side=20)["starts"] == 400


def test_diagnose():
    settings = {"lr": 0.1, "starts": 4, "steps": 100}
    report = diagnose(ROSENBROCK, bounds="-2..2", figures="plot", **settings)
    told = program("diagnose", ROSENBROCK, "--bounds=-2..2", "--lr=0.1", "--starts=4", "--steps=100")
    assert report == told and b"<svg" in report.figures["plot"]


def test_what_is_wrong():
    for command, arguments, settings, match in [
        (compare, ("sine(x)",), {}, "did you mean `sin`"),
        (compare, ("x^2",), {"starts": -1}, "--starts"),
        (compare, ("x^2",), {"nothing": 1}, "--nothing"),
        (compare, ("x^2 + y^2",), {"bounds": [(0, 1), (0, 2), (0, 3)]}, "3 bounds are given; allowed: 2"),
        (compare, (), {"problem": "ackley", "bounds": [(0, 1), (0, 2)]}, "one pair"),
        (tune, ("x^2",), {"vary": "lr"}, "--vary"),
        (basins, ("x^2",), {}, "use a formula of 2"),
        (basins, ("x^2 + y^2",), {"side": 1}, "--side"),
    ]:
        with pytest.raises(ValueError, match=match):
            command(*arguments, **settings)


def test_a_model_over_data(tmp_path):
    table = tmp_path / "decay.csv"
    table.write_text("t,y\n0,3.1\n1,2.2\n2,1.7\n3,1.4\n4,1.2\n5,1.1\n")
    model, settings = "y ~ a*exp(-b*t) + c", {"data": table, "bounds": "a=0..5,b=0..3,c=0..2", "steps": 100}
    report = compare(model, **settings, rules="adam", trials=3, starts=2)
    told = program("compare", model, "--data", str(table), "--bounds", "a=0..5,b=0..3,c=0..2", "--steps", "100",
                   "--rules", "adam", "--trials", "3", "--starts", "2")
    assert report == told
    assert tune(model, **settings, points=3, seeds=2, check=2)["best_known"] == pytest.approx(report["best_known"])
    assert diagnose(model, **settings, lr=0.1, starts=2)["coordinates"][2]["name"] == "c"
    with pytest.raises(ValueError, match="a text such as"):
        compare(model, data=table, bounds=[(0, 1), (0, 2), (0, 3)])
