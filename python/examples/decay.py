"""A real job, as in a notebook: a decay is measured, two models are fitted and compared, the better one is drawn."""

import pathlib
import tempfile

import amsgrad
import pandas as pd

data = pd.read_csv(pathlib.Path(__file__).parents[2] / "docs/fitting.in/decay.csv")

one = amsgrad.fit("y ~ a*exp(-b*t) + c", data, sigma="dy", bounds={"b": (0, None)})
line = amsgrad.fit("y ~ a*t + c", data, sigma="dy")
print(one)
print(f"AIC {one.aic:.1f}, of a straight line {line.aic:.1f}")
assert one.aic < line.aic and abs(one.reduced_chi_square - 1) < 0.5

# The same by a robust loss and another method: the answer should not hang on either.
for settings in ({"loss": "huber:1.5"}, {"method": "amsgrad", "rule": "adam", "steps": 5000}):
    other = amsgrad.fit("y ~ a*exp(-b*t) + c", data, sigma="dy", bounds={"b": (0, None)}, **settings)
    print(settings, {name: round(value, 3) for name, value in other.params.items()})
    assert abs(other.params["b"] - one.params["b"]) < 2 * one.errors["b"]

value, band = one.predict({"t": [10.0]})
print(f"at t = 10: {value[0]:.3f} +- {band[0]:.3f}")
with tempfile.TemporaryDirectory() as folder:
    print(len(one.plot(file=pathlib.Path(folder) / "decay.svg")), "bytes of SVG")
