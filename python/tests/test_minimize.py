"""`minimize` in SciPy's shape."""

import json
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import scipy.optimize
from amsgrad import Ball, Formula, FormulaError, Simplex, minimize, scipy_method

ROSENBROCK = "(1-x)^2 + 100*(y-x^2)^2"
FIXED = {"lr": 0.01, "maxiter": 300, "gtol": 0}


def bowl(x):
    return float(np.sum((x - 1) ** 2))


def slope(x):
    return 2 * (x - 1)


@pytest.mark.parametrize("jac", [None, slope])
@pytest.mark.parametrize("method", ["amsgrad", "Adam", "rmsprop", "adamax"])
def test_finds_a_minimum(method, jac):
    result = minimize(bowl, [3.0, -2.0], method=method, jac=jac)
    np.testing.assert_allclose(result.x, [1, 1], atol=1e-4)
    assert result.success and result.status == 0 and result.stop == "converged"


def test_the_result_is_of_scipy():
    result = minimize(bowl, [0.0, 0.0], jac=slope, options={"lr": 0.1})
    assert isinstance(result, scipy.optimize.OptimizeResult)
    assert result.x.shape == (2,) and result.jac.shape == (2,) and isinstance(result.fun, float)
    assert result.fun == bowl(result.x) and (result.jac == slope(result.x)).all()
    assert result.fun_last == bowl(result.x_last)
    assert result["message"] == result.message and result.settings["learning_rate"] == 0.1
    assert pickle.loads(pickle.dumps(result)).fun == result.fun


def test_counts_are_those_of_calls():
    calls = []
    result = minimize(lambda x: calls.append(1) or bowl(x), [3.0], options={"lr": 0.1, "maxiter": 20})
    assert result.nfev == len(calls) == 3 * 21 and result.njev == 0 and result.nit == 20
    assert not result.success and result.status == 1 and result.stop == "step-limit"
    gradients = []
    result = minimize(
        bowl, [3.0], jac=lambda x: gradients.append(1) or slope(x), options={"lr": 0.1, "maxiter": 20}
    )
    assert result.njev == len(gradients) == 21 == result.nfev


def test_three_ways_to_a_gradient():
    apart = minimize(bowl, [3.0, 2.0], jac=slope, options=FIXED)
    beside = minimize(lambda x: (bowl(x), slope(x)), [3.0, 2.0], jac=True, options=FIXED)
    assert apart.x.tobytes() == beside.x.tobytes()
    differences = minimize(bowl, [3.0, 2.0], options=FIXED)
    np.testing.assert_allclose(differences.x, apart.x, rtol=1e-8)


def test_arguments_reach_both_functions():
    result = minimize(
        lambda x, a, b: float((x[0] - a) ** 2 + b),
        [0.0],
        args=(2.0, 5.0),
        jac=lambda x, a, b: [2 * (x[0] - a)],
        options={"lr": 0.1},
    )
    assert result.x[0] == pytest.approx(2) and result.fun == pytest.approx(5)
    assert minimize(lambda x, a: float((x[0] - a) ** 2), [0.0], args=3.0).x[0] == pytest.approx(3)


def test_nothing_is_evaluated_outside():
    lower, upper = np.array([-1.0, 0.5]), np.array([2.0, 0.5])

    def inside(x):
        assert (lower <= x).all() and (x <= upper).all()
        return bowl(x + 5)

    for bounds in ([(-1, 2), (0.5, 0.5)], scipy.optimize.Bounds(lower, upper)):
        result = minimize(inside, [7.0, 7.0], bounds=bounds)
        assert result.x.tolist() == [-1.0, 0.5] and result.success
    result = minimize(inside, bounds=[(-1, 2), (0.5, 0.5)], options={"seed": 3})
    assert result.x.tolist() == [-1.0, 0.5]


def test_open_sides():
    result = minimize("x^2 + y^2", [3, 3], bounds=[(None, None), (1, None)], options={"lr": 0.05})
    np.testing.assert_allclose(result.x, [0, 1], atol=1e-6)
    assert minimize("x^2", [3], bounds=scipy.optimize.Bounds(1, np.inf)).x[0] == 1


def test_a_ball_and_a_simplex():
    for constraint in (Ball([0, 0], 1), [Ball([0, 0], 1)]):
        result = minimize("(x-3)^2 + (y-4)^2", [0, 0], constraints=constraint)
        np.testing.assert_allclose(result.x, [0.6, 0.8], atol=1e-6)
    result = minimize(lambda x: x @ x, [1.0, 0.0], jac=lambda x: 2 * x, constraints=Simplex(2))
    np.testing.assert_allclose(result.x, [0.5, 0.5], atol=1e-6)
    for constraint in ({"type": "eq", "fun": bowl}, [{"type": "ineq", "fun": bowl}] * 2):
        with pytest.raises(ValueError, match="SLSQP"):
            minimize(bowl, [0.0, 0.0], constraints=constraint)
    result = minimize("a^2 + 2*b^2", [0.5, 0.5], bounds=[(0, 0.6)] * 2, constraints=Simplex(2))
    np.testing.assert_allclose(result.x, [0.6, 0.4], atol=1e-6)
    with pytest.raises(ValueError, match="radius"):
        minimize("x^2", [0], bounds=[(2, 3)], constraints=Ball([0], 1))


def test_a_formula_has_the_bits_of_the_program():
    cases = [
        ([], {}, None),
        (["--rule", "adam", "--lr", "0.02", "--steps", "500"], {"lr": 0.02, "maxiter": 500}, "adam"),
        (["--lr", "0.1/sqrt(t)", "--beta1", "0.8"], {"lr": "0.1/sqrt(t)", "beta1": 0.8}, None),
        (["--starts", "50", "--seed", "7", "--lr", "0.01"], {"starts": 50, "seed": 7, "lr": 0.01}, None),
        (["--starts", "3", "--steps", "400"], {"starts": 3, "maxiter": 400}, None),
        (["--maximize", "--lr", "0.01", "--weight-decay", "l2:0.1", "--steps", "9"],
         {"maximize": True, "lr": 0.01, "weight_decay": 0.1, "maxiter": 9}, None),
    ]
    for arguments, options, method in cases:
        told = subprocess.run(
            ["amsgrad", "minimize", ROSENBROCK, "--bounds", "-2..2", "--json", *arguments],
            capture_output=True, text=True, check=True,
        )
        told = json.loads(told.stdout)["outcome"]
        result = minimize(ROSENBROCK, bounds=[(-2, 2)] * 2, method=method or "amsgrad", options=options)
        assert told["best"]["point"] == result.x.tolist(), arguments
        assert told["best"]["value"] == result.fun and told["status"] == result.stop
        assert told["counts"]["steps"] == result.nit and told["counts"]["values"] == result.nfev


def test_starts():
    result = minimize("(x^2-1)^2 + 0.1*x", bounds=[(-2, 2)], options={"starts": 20, "lr": 0.01})
    assert result.x[0] == pytest.approx(-1.0124, abs=1e-3)
    runs = result.runs
    assert runs["x"].shape == (20, 1) and runs["fun"].min() == result.fun == runs["fun"][runs["best"]]
    same = minimize(
        lambda x: (x[0] ** 2 - 1) ** 2 + 0.1 * x[0],
        jac=lambda x: 4 * x * (x**2 - 1) + 0.1,
        bounds=[(-2, 2)],
        options={"starts": 20, "lr": 0.01},
    )
    assert same.runs["best"] == runs["best"] and same.x[0] == pytest.approx(result.x[0], abs=1e-6)
    with pytest.raises(ValueError, match="x0"):
        minimize("x^2", [1], options={"starts": 2})
    with pytest.raises(ValueError, match="x0 is missing"):
        minimize(bowl)


def test_more_starts_than_there_is_memory_for():
    for fun, options, constraints in [
        ("x^2", {"starts": 10**15}, ()),
        ("x^2", {"starts": 10**9}, ()),
        (bowl, {}, Simplex(10**15)),
        (bowl, {"starts": 2**63}, Simplex(10**15)),
    ]:
        with pytest.raises(ValueError, match="starts is .*; allowed: up to"):
            minimize(fun, constraints=constraints, options=options)


def test_history():
    result = minimize("x^2 + y^2", [1, 1], options={"lr": 0.1, "maxiter": 5, "return_all": True})
    assert result.history["step"].tolist() == list(range(6))
    assert result.history["x"].shape == (6, 2) and len(result.allvecs) == 6
    assert result.history["fun"][0] == 2 and result.history["jac"][0].tolist() == [2, 2]
    assert "history" not in minimize("x^2", [1], options={"return_all": False})


def test_callbacks():
    seen = []
    minimize(bowl, [3.0], callback=seen.append, options={"lr": 0.1, "maxiter": 5})
    assert len(seen) == 5 and all(x.shape == (1,) for x in seen) and len({id(x) for x in seen}) == 5

    def by_name(intermediate_result):
        seen.append(intermediate_result)

    seen.clear()
    minimize("x^2", [3.0], callback=by_name, options={"lr": 0.1, "maxiter": 5})
    assert [one.nit for one in seen] == [1, 2, 3, 4, 5] and seen[0].fun == seen[0].x[0] ** 2

    def third(x, count=[0]):
        count[0] += 1
        if count[0] == 3:
            raise StopIteration

    result = minimize("x^2", [3.0], callback=third, options={"lr": 0.1})
    assert result.nit == 3 and result.status == 99 and not result.success and result.stop == "stopped"


class Special(Exception):
    pass


@pytest.mark.parametrize("options", [{}, {"lr": 0.1}])
def test_exceptions_come_through_unchanged(options):
    raised = Special("this one")

    def fails(x):
        fails.calls += 1
        if fails.calls == 4:
            raise raised
        return bowl(x)

    fails.calls = 0
    with pytest.raises(Special) as caught:
        minimize(fails, [1.5], jac=slope, options=options)
    assert caught.value is raised and fails.calls == 4
    with pytest.raises(ZeroDivisionError):
        minimize(bowl, [1.5], jac=slope, callback=lambda x: 1 / 0, options=options)
    with pytest.raises(Special):
        minimize("x^2", [1.5], callback=lambda x: (_ for _ in ()).throw(raised), options=options)
    with pytest.raises(StopIteration):
        minimize(lambda x: next(iter(())), [1.5], options=options)


def test_numbers_that_are_not_finite():
    result = minimize(lambda x: math.nan, [1.0], options={"lr": 0.1})
    assert not result.success and result.status == 2 and result.stop == "non-finite"
    assert math.isnan(result.fun) and result.x.tolist() == [1.0]
    result = minimize("x + sqrt(x)", [0.05], options={"lr": 0.01})
    assert result.status == 2 and math.isfinite(result.fun) and "NaN" in result.message


@pytest.mark.parametrize(
    ("fun", "jac", "error", "match"),
    [
        (lambda x: x, None, ValueError, r"shape \[2\]; allowed: one number"),
        (lambda x: "a", None, TypeError, "real number"),
        (lambda x: None, None, TypeError, "real number"),
        (lambda x: 1j, None, TypeError, "real number|complex"),
        (bowl, lambda x: [1.0], ValueError, "1 components; allowed: 2"),
        (bowl, lambda x: "a", ValueError, "could not convert"),
        (bowl, True, ValueError, "must return a pair"),
        (bowl, "2-point", ValueError, "jac is '2-point'; allowed"),
        (3, None, TypeError, "fun is a int; allowed"),
    ],
)
def test_what_functions_may_return(fun, jac, error, match):
    with pytest.raises(error, match=match):
        minimize(fun, [0.0, 0.0], jac=jac)


def test_values_of_other_kinds():
    for value in (lambda x: np.float32(bowl(x)), lambda x: np.array([bowl(x)]), lambda x: np.array(bowl(x))):
        assert minimize(value, [0.0], jac=slope).x[0] == pytest.approx(1, abs=1e-3)
    assert minimize(bowl, [0.0], jac=lambda x: slope(x).astype(np.float32)).x[0] == pytest.approx(1)
    assert minimize(bowl, [0, 3], jac=lambda x: list(slope(x))).x.tolist() == pytest.approx([1, 1])
    assert minimize(bowl, 3, jac=lambda x: slope(x)[0]).x[0] == pytest.approx(1)


def test_a_point_is_a_copy():
    kept = []

    def spoils(x):
        value = bowl(x)
        kept.append(x)
        x[:] = 77
        return value

    start = np.array([3.0])
    assert minimize(spoils, start, jac=slope, options={"lr": 0.1}).x[0] == pytest.approx(1, abs=1e-3)
    assert start[0] == 3


def test_wrong_settings():
    for options, match in [
        ({"lr": -1}, "learning_rate|lr"),
        ({"lr": "fast"}, "allowed"),
        ({"beta2": 1.5}, "beta2 is 1.5; allowed"),
        ({"betas": (0.9, 2)}, "beta2 is 2; allowed"),
        ({"dialect": "none"}, "dialect is none; allowed: paper, torch"),
        ({"starts": 0}, "starts is 0"),
        ({"time_limit": -1}, "negative"),
    ]:
        with pytest.raises(ValueError, match=match):
            minimize("x^2", [1], options=options)
    for options, error, match in [
        ({"maxiter": "many"}, TypeError, "maxiter is 'many'"),
        ({"maxiter": -1}, ValueError, "maxiter is -1; allowed: a whole number, 0 or more"),
        ({"gtol": "a"}, TypeError, "gtol is 'a'"),
        ({"gtol": -1}, ValueError, "gradient is -1"),
        ({"lr": None}, TypeError, "lr is a NoneType"),
        ({"betas": 0.9}, TypeError, None),
        ({"betas": (0.9,)}, ValueError, "allowed: a pair"),
    ]:
        with pytest.raises(error, match=match):
            minimize("x^2", [1], options=options)
    with pytest.raises(ValueError, match="amsgrad, "):
        minimize("x^2", [1], method="bfgs")
    with pytest.raises(ValueError, match="coordinates; allowed"):
        minimize("x^2 + y^2", [1])
    with pytest.raises(ValueError, match="lower bound not above"):
        minimize("x^2", [1], bounds=[(2, 1)])
    with pytest.raises(ValueError, match="finite"):
        minimize("x^2", [math.nan])
    with pytest.raises(FormulaError, match=r"did you mean `sin`"):
        minimize("sine(x)", [1])
    with pytest.raises(ValueError, match="own gradient"):
        minimize("x^2", [1], jac=slope)


def test_unknown_options_warn():
    with pytest.warns(scipy.optimize.OptimizeWarning, match="Unknown solver options: maxcor"):
        result = minimize("x^2", [1], options={"maxcor": 10, "lr": 0.1})
    assert result.success
    with pytest.warns(scipy.optimize.OptimizeWarning, match="do not use hess"):
        minimize("x^2", [1], hess=lambda x: 2)


def test_disp(capsys):
    minimize("x^2", [1], options={"disp": True})
    assert capsys.readouterr().out.startswith("converged")


# As SciPy's method.


def test_in_scipys_minimize():
    rosen, rosen_der = scipy.optimize.rosen, scipy.optimize.rosen_der
    seen = []
    result = scipy.optimize.minimize(
        rosen, [-1, 1], jac=rosen_der, bounds=[(-2, 0.5), (None, None)], method=scipy_method,
        tol=1e-6, callback=seen.append, options={"lr": 0.02, "maxiter": 20_000},
    )
    np.testing.assert_allclose(result.x, [0.5, 0.25], atol=1e-4)
    assert result.success and len(seen) == result.nit

    calls = []

    def both(x):
        calls.append(1)
        return bowl(x), slope(x)

    result = scipy.optimize.minimize(both, [3.0], jac=True, method=scipy_method, options={"lr": 0.1})
    assert result.x[0] == pytest.approx(1, abs=1e-5) and len(calls) == result.nfev
    result = scipy.optimize.minimize(bowl, [3.0], jac="2-point", method=scipy_method)
    assert result.x[0] == pytest.approx(1, abs=1e-4)
    bounds = scipy.optimize.Bounds([1.5], [4.0])
    result = scipy.optimize.minimize(bowl, [3.0], method=scipy_method, bounds=bounds, options={"rule": "adam"})
    assert result.x[0] == 1.5 and result.settings["method"] == "adam"


def test_in_basinhopping():
    result = scipy.optimize.basinhopping(
        lambda x: np.cos(14.5 * x[0] - 0.3) + (x[0] + 0.2) * x[0],
        [1.0],
        minimizer_kwargs={"method": scipy_method, "options": {"lr": 0.01, "maxiter": 300}},
        niter=20,
        rng=1,
    )
    assert result.fun == pytest.approx(-1.000876, abs=1e-5)


# The interpreter is released, signals and forks behave.

LONG = "sum(i, 1, n, (x[i]^2-1)^2)"


def long_run():
    formula = Formula(LONG, dimension=50)
    return minimize(formula, bounds=[(-2, 2)] * 50, options={"lr": 1e-9, "maxiter": 10**9, "gtol": 0})


def test_ctrl_c_ends_a_run():
    # Where the tests run in the background, it is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        long_run()
    assert time.monotonic() - began < 5
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        minimize(math.fsum, [1.0], jac=np.ones_like, options={"lr": 1e-9, "maxiter": 10**9, "gtol": 0})
    signal.signal(signal.SIGINT, before)


def test_the_interpreter_is_released():
    ticks, ended = [], threading.Event()

    def tick():
        while not ended.is_set():
            ticks.append(1)
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    minimize("x^2", [1], options={"lr": 1e-9, "maxiter": 10**9, "gtol": 0, "time_limit": 0.3})
    ended.set()
    thread.join()
    assert len(ticks) > 50


def test_runs_from_many_threads():
    results = [None] * 16

    def run(place):
        results[place] = minimize(ROSENBROCK, [place / 8 - 1, 0.5], options={"lr": 0.01, "maxiter": 200})

    threads = [threading.Thread(target=run, args=(place,)) for place in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    for place, result in enumerate(results):
        alone = minimize(ROSENBROCK, [place / 8 - 1, 0.5], options={"lr": 0.01, "maxiter": 200})
        assert result.x.tobytes() == alone.x.tobytes()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_child_has_threads_of_its_own():
    code = f"""
import os, sys
from amsgrad import minimize
def run():
    return minimize({ROSENBROCK!r}, bounds=[(-2, 2)] * 2, options={{"starts": 100, "lr": 0.01}}).fun
expected = run()
child = os.fork()
if child == 0:
    os._exit(0 if run() == expected else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=60).returncode == 0


def test_without_scipy():
    code = """
import sys
sys.modules["scipy"] = sys.modules["scipy.optimize"] = None
import amsgrad
result = amsgrad.minimize("x^2", [1.0], options={"lr": 0.1})
assert result.success and result["x"] is result.x and "message" in dir(result) and "fun:" in repr(result)
assert type(result).__mro__[1].__name__ == "_Plain"
try:
    result.nothing
except AttributeError:
    pass
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
