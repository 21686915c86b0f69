"""Fits of typed models to columns."""

import json
import pathlib
import subprocess

import numpy as np
import pandas as pd
import polars as pl
import pytest
from amsgrad import Fit, FormulaError, fit

DATA = pathlib.Path(__file__).parents[2] / "docs/fitting.in"
DECAY, SITES = str(DATA / "decay.csv"), str(DATA / "sites.csv")
MODEL = "y ~ a*exp(-b*t) + c"


@pytest.fixture(scope="module")
def decay():
    return pd.read_csv(DECAY)


def program(*arguments):
    return json.loads(subprocess.run(["amsgrad", "fit", *arguments, "--json"], capture_output=True, text=True).stdout)


def test_the_bits_of_the_program(decay):
    told = program(MODEL, DECAY, "--sigma", "dy", "--bounds", "b=0..")
    ways = [decay, pl.from_pandas(decay), {name: decay[name].tolist() for name in decay}, DECAY, pathlib.Path(DECAY)]
    for data in ways:
        found = fit(MODEL, data, sigma="dy", bounds={"b": (0, None)})
        assert isinstance(found, Fit) and found.success and found.stop == told["status"]
        for name, one in told["parameters"].items():
            assert found.params[name] == one["value"] and found.errors[name] == one["standard_error"]
            assert list(found.intervals[name]) == one["interval"]
        assert found.correlation.tolist() == told["correlation"]
        for name in ("cost", "residual_sum_of_squares", "reduced_chi_square", "r_squared", "aic", "bic"):
            assert getattr(found, name) == told[name]
        assert found.rows == 40 and found.degrees_of_freedom == 37
        assert found.covariance[1, 1] == pytest.approx(found.errors["b"] ** 2)


def test_every_setting_reaches_the_fit(decay):
    cases = [
        ({"loss": "huber:0.5"}, ["--loss", "huber:0.5"]),
        ({"weights": "dy"}, ["--weights", "dy"]),
        ({"start": {"a": 4, "b": 1, "c": 0}, "steps": 3}, ["--start", "a=4,b=1,c=0", "--steps", "3"]),
        ({"bounds": dict.fromkeys("abc", (0, 9)), "starts": 5, "seed": 3},
         ["--bounds", "a=0..9,b=0..9,c=0..9", "--starts", "5", "--seed", "3"]),
        ({"method": "amsgrad", "rule": "adam", "lr": 0.01, "betas": (0.8, 0.99), "batch_size": 8, "epochs": 20},
         ["--method", "amsgrad", "--rule", "adam", "--lr", "0.01", "--beta1", "0.8", "--beta2", "0.99",
          "--batch-size", "8", "--epochs", "20"]),
    ]
    for settings, arguments in cases:
        found, told = fit(MODEL, decay, **settings), program(MODEL, DECAY, *arguments)
        assert {name: one["value"] for name, one in told["parameters"].items()} == found.params, settings
        assert told["cost"] == found.cost and told["status"] == found.stop
    found = fit("y ~ a*f(t) + c", decay, definitions=["f(t) = exp(-b*t)"])
    assert found.params["b"] == pytest.approx(fit(MODEL, decay).params["b"])
    found = fit("y ~ 6*(p*exp(-0.6*t) + q)", decay, simplex=[["p", "q"]])
    assert found.params["p"] + found.params["q"] == pytest.approx(1)


def test_sums():
    y = np.random.default_rng(1).normal(3, 2, 500)
    found = fit("-log(s) - 0.5*((y - m)/s)^2", {"y": y}, cost="log-likelihood", bounds={"s": (1e-6, None)})
    assert found.params["m"] == pytest.approx(y.mean()) and found.params["s"] == pytest.approx(y.std())
    assert found.residual_sum_of_squares is None
    assert fit("abs(y - m)", {"y": y}, cost="sum", start={"m": 0}).params["m"] == pytest.approx(np.median(y), abs=0.1)
    with pytest.raises(ValueError, match="no fitted values"):
        found.plot()


def test_groups(decay):
    frame = pd.read_csv(SITES)
    named = [name for name in frame if frame[name].dtype == object or str(frame[name].dtype).startswith("str")]
    x, y = [name for name in frame if name not in named][:2]
    model = f"{y} ~ k0 + k1*{x}"
    ran = subprocess.run(["amsgrad", "fit", model, SITES, "--by", ",".join(named)], capture_output=True, text=True)
    lines = [line.split(",") for line in ran.stdout.splitlines()]
    for data in (frame, SITES):
        table = fit(model, data, by=named)
        assert list(table) == lines[0]
        for name, column in table.items():
            texts = [line[lines[0].index(name)] for line in lines[1:]]
            if isinstance(column, list):
                assert column == texts
            else:
                assert column.tolist() == [float(text) if text else pytest.approx(np.nan, nan_ok=True) for text in texts]
        assert len(pd.DataFrame(table)) == len(lines) - 1
    by_number = fit("y ~ m", {"y": [1.0, 3.0, 10.0], "site": [1, 1, 2]}, by="site")
    assert by_number["site"] == ["1", "2"] and by_number["m"].tolist() == [2, 10]


def test_predictions(decay, tmp_path):
    found = fit(MODEL, decay, sigma="dy")
    value, band = found.predict({"t": [0.0, 1.0]})
    a, b, c = found.params.values()
    np.testing.assert_allclose(value, [a + c, a * np.exp(-b) + c])
    assert (band > 0).all()
    np.testing.assert_allclose(found.fitted, found.predict(decay)[0])
    np.testing.assert_allclose(found.residuals, decay["y"] - found.fitted)
    (tmp_path / "model.json").write_text(found.to_json())
    (tmp_path / "new.csv").write_text("t\n0\n1\n")
    told = subprocess.run(
        ["amsgrad", "predict", tmp_path / "model.json", tmp_path / "new.csv"], capture_output=True, text=True
    ).stdout
    assert repr(float(value[0])) in told and repr(float(value[1])) in told


def test_what_is_shown(decay):
    found = fit(MODEL, decay, bounds={"c": (2, None)})
    lines = repr(found).splitlines()
    assert lines[0] == f"{MODEL}: converged" and lines[3].endswith("on a bound") and found.at_bound == ["c"]
    assert fit("y ~ a + b", decay).undetermined == [["a", "b"]] and "not determined" in repr(fit("y ~ a + b", decay))
    assert found._repr_html_().startswith("<svg") and b"<svg" in found.plot()


def test_what_is_wrong(decay):
    for arguments, settings, error, match in [
        ((MODEL, {"t": [1.0]}), {}, ValueError, "left of '~'.*y"),
        (("y ~ sine(t)", decay), {}, FormulaError, "did you mean `sin`"),
        (("y", decay), {}, ValueError, "one '~'"),
        ((MODEL, {"t": [1.0, 2], "y": [1.0]}), {}, ValueError, "rows"),
        ((MODEL, {"t": [1.0, np.nan], "y": [1.0, 2]}), {}, ValueError, "row 2 is not a finite number"),
        ((MODEL, {"t": ["a", "b"], "y": [1.0, 2]}), {}, ValueError, "column 't' holds no numbers"),
        ((MODEL, {"t": np.ones((2, 2)), "y": [1.0, 2]}), {}, ValueError, "allowed: one axis"),
        ((MODEL, decay), {"sigma": "dz"}, ValueError, "no column 'dz'; allowed"),
        ((MODEL, decay), {"sigma": -1.0}, ValueError, "not a standard deviation"),
        ((MODEL, decay), {"sigma": 1.0, "weights": "dy"}, ValueError, "together"),
        ((MODEL, decay), {"loss": "cubes"}, ValueError, "cubes"),
        ((MODEL, decay), {"bounds": {"d": (0, 1)}}, ValueError, "'d' is no parameter"),
        ((MODEL, decay), {"bounds": {"a": (1, 0)}}, ValueError, "no interval"),
        ((MODEL, decay), {"bounds": dict.fromkeys("abc", (0, 9)), "starts": 2**60}, ValueError, "up to 1000000"),
        ((MODEL, decay), {"epochs": 3}, ValueError, "epochs needs method='amsgrad'"),
        ((MODEL, decay), {"method": "amsgrad", "momentum": 3}, ValueError, "setting of amsgrad"),
        ((MODEL, decay), {"method": "newton"}, ValueError, "allowed: staged, amsgrad"),
        ((MODEL, decay), {"cost": "squares"}, ValueError, "allowed: residuals"),
        ((MODEL, decay), {"by": "site"}, ValueError, "by: there is no column 'site'"),
        ((MODEL, "none.csv"), {}, FileNotFoundError, "none.csv"),
        ((MODEL, 3), {}, TypeError, "iterable"),
    ]:
        with pytest.raises(error, match=match):
            fit(*arguments, **settings)
    with pytest.raises(ValueError, match="no column 't'; allowed: x"):
        fit(MODEL, decay).predict({"x": [1.0]})
