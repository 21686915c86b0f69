"""Shards: merged they are the whole to the bit, and one that is wrong is named."""

import json
import subprocess

import amsgrad
import numpy as np
import pytest

SIDES = [(-2, 2), (None, 3)]
SITES = {
    "site": ["a", "a", "a", "b", "b", "c", "b", "d", "d", "d"],
    "t": [0, 1, 2, 0, 1, 0, 2, 0, 1, 2],
    "y": [5.1, 3.0, 1.9, 2.9, 2.5, 1.0, 2.0, 4, 4, 4.1],
}
CALLS = [
    (amsgrad.minimize, ("(x^2-1)^2 + y^2",), {"bounds": SIDES, "options": {"starts": 40, "lr": 0.05, "betas": (0.8, 0.99)}}),
    (amsgrad.minimize, ("cos(3*x) + y/9", None, (), "adam"), {
        "constraints": amsgrad.Ball([0.0, 1.0], 2.0),
        "options": {"starts": np.int64(9), "maxiter": 300, "maximize": True},
    }),
    # Some of the starts have no value.
    (amsgrad.minimize, ("sqrt(x)*(y-x)^2",), {"bounds": [(-1, 1)] * 2, "options": {"starts": 8, "lr": 0.1, "maxiter": 40}}),
    (amsgrad.fit, ("y ~ a*exp(-b*t)", SITES), {"by": "site"}),
    (amsgrad.fit, ("(y-a)^2", SITES), {"by": ["site", "t"], "cost": "sum", "start": {"a": 1}, "method": "amsgrad", "steps": 9}),
    (amsgrad.tune, ("x^2 + 20*y^2",), {"bounds": [(-2, 2)] * 2, "method": "grid", "points": 4, "seeds": 3, "check": 2, "steps": 60}),
    (amsgrad.basins, ("(x^2-1)^2 + y^2",), {"bounds": [(-2, 2)] * 2, "side": 9}),
]


def bits(value):
    """Everything that a result holds, to the bit."""
    if isinstance(value, dict):
        return [(name, bits(one)) for name, one in value.items()] + [bits(getattr(value, "figures", None))]
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, (list, tuple)):
        return [bits(one) for one in value]
    return value.text if isinstance(value, amsgrad.Formula) else repr(value)


@pytest.mark.parametrize("function, arguments, options", CALLS)
def test_merged_shards_are_the_whole(function, arguments, options):
    whole = bits(function(*arguments, **options))
    for n in (1, 2, 7):
        parts = [function(*arguments, **options, shard=(i, n)) for i in range(n, 0, -1)]
        assert all(isinstance(part, str) for part in parts)
        assert bits(amsgrad.merge(parts)) == whole


def test_figures_are_those_of_the_merge():
    function, arguments, options = CALLS[-2]
    parts = [function(*arguments, **options, shard=(i, 2)) for i in (1, 2)]
    assert amsgrad.merge(parts, figures="plot").figures == function(*arguments, **options, figures="plot").figures


def test_shards_of_the_program():
    words = ["amsgrad", "minimize", "x^2", "--starts", "4", "--lr", "0.1", "--steps", "30"]
    parts = [subprocess.run([*words, "--shard", f"{i}/2"], capture_output=True, text=True).stdout for i in (1, 2)]
    whole = json.loads(subprocess.run([*words, "--json"], capture_output=True, text=True).stdout)
    assert amsgrad.merge(parts) == whole


def test_shards_of_the_package_are_not_the_programs(tmp_path):
    file = tmp_path / "shard.json"
    file.write_text(amsgrad.fit("y ~ a*t", SITES, by="site", shard=(1, 1)))
    ran = subprocess.run(["amsgrad", "merge", file], capture_output=True, text=True)
    assert ran.stderr == "error: FILES: hold work of the Python package; use its function merge\n"
    assert ran.returncode == 2


def test_what_is_wrong():
    def part(i, n, lr=0.1):
        return amsgrad.minimize("x^2", options={"starts": 6, "lr": lr}, shard=(i, n))

    with pytest.raises(ValueError, match="^shard 2/3 is missing; add it$"):
        amsgrad.merge([part(3, 3), part(1, 3)])
    with pytest.raises(ValueError, match=r"^parts\[2\]: is shard 1/2, as parts\[0\] is"):
        amsgrad.merge([part(1, 2), part(2, 2), part(1, 2)])
    with pytest.raises(ValueError, match=r"^parts\[1\]: is a shard of another run: its options is "):
        amsgrad.merge([part(1, 2), part(2, 2, lr=0.2)])
    with pytest.raises(ValueError, match=r"^parts\[0\]: is cut short"):
        amsgrad.merge([part(1, 2)[:-9], part(2, 2)])
    with pytest.raises(ValueError, match="no shard is given"):
        amsgrad.merge([])
    other = {**SITES, "y": [5.2, *SITES["y"][1:]]}
    fits = [amsgrad.fit("y ~ a + b*t", data, by="site", shard=(i, 2)) for i, data in [(1, SITES), (2, other)]]
    with pytest.raises(ValueError, match="its data is"):
        amsgrad.merge(fits)
    for call, match in [
        (lambda: part(0, 3), r"shard is \(0, 3\)"),
        (lambda: amsgrad.minimize("x^2", shard=(1, 2)), "needs the option starts"),
        (lambda: amsgrad.minimize("x^2", [1.0], shard=(1, 2)), "no x0"),
        (lambda: amsgrad.minimize(lambda x: x[0], options={"starts": 2}, shard=(1, 2)), "needs a formula"),
        (lambda: amsgrad.minimize("x^2", callback=print, options={"starts": 2}, shard=(1, 2)), "no callback"),
        (lambda: amsgrad.fit("y ~ a*t", SITES, shard=(1, 2)), "needs by"),
        (lambda: amsgrad.tune("x^2", shard=(1, 2)), "--method grid or random"),
        (lambda: amsgrad.tune("x^2", shard=(3, 2), method="grid"), "--shard"),
    ]:
        with pytest.raises(ValueError, match=match):
            call()
