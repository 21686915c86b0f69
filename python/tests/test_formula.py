"""Typed formulas on points and arrays."""

import numpy as np
import pytest
import scipy.optimize
from amsgrad import Formula, FormulaError

ROSENBROCK = Formula("(1-x)^2 + 100*(y-x^2)^2")


def test_points():
    assert ROSENBROCK([1, 1]) == 0 and isinstance(ROSENBROCK([1, 1]), float)
    value, gradient = ROSENBROCK.value_and_grad(np.array([-1, 2]))
    assert value == 104 and gradient.tolist() == [396, 200]
    assert ROSENBROCK(1, 1) == 0


@pytest.mark.parametrize("shape", [(), (1,), (0,), (3,), (17,), (2, 3), (5000,)])
def test_arrays_have_the_bits_of_points(shape):
    points = np.random.default_rng(1).normal(size=(*shape, 2))
    values = ROSENBROCK(points)
    both, gradients = ROSENBROCK.value_and_grad(points)
    assert np.shape(values) == np.shape(both) == shape and gradients.shape == points.shape
    flat = points.reshape(-1, 2)[:200]
    alone = [ROSENBROCK.value_and_grad(point) for point in flat]
    assert np.ravel(values)[:200].tolist() == np.ravel(both)[:200].tolist() == [value for value, _ in alone]
    assert gradients.reshape(-1, 2)[:200].tolist() == [gradient.tolist() for _, gradient in alone]


def test_an_array_for_each_variable():
    x, y = np.meshgrid(np.linspace(-2, 2, 31), np.linspace(-1, 3, 41))
    np.testing.assert_allclose(ROSENBROCK(x, y), (1 - x) ** 2 + 100 * (y - x**2) ** 2, rtol=1e-14)
    assert ROSENBROCK(x, 0.5).shape == x.shape
    assert Formula("x^2")([[1.0], [2.0]]).tolist() == [1, 4]


def test_layouts_and_types():
    points = np.random.default_rng(1).normal(size=(50, 4))
    expected = ROSENBROCK(points[:, 1:3].copy()).tolist()
    assert ROSENBROCK(points[:, 1:3]).tolist() == expected
    assert ROSENBROCK(np.asfortranarray(points[:, 1:3])).tolist() == expected
    assert ROSENBROCK(points[:, 1:3].tolist()).tolist() == expected
    assert ROSENBROCK(np.array([[1, 2]], dtype=np.float32)).tolist() == [100]


def test_options():
    formula = Formula("sum(i, 1, n, a*x[i]^2) + f(t)", dimension=3, parameters={"a": 2}, definitions=["f(s) = s^2"])
    assert formula.variables == ("x[1]", "x[2]", "x[3]", "t") and formula([1, 1, 1, 2]) == 10
    assert Formula("x + b", variables=["b", "x"]).variables == ("b", "x")
    assert Formula("1 + 1")([]) == 2
    assert ROSENBROCK.text == "(1-x)^2 + 100*(y-x^2)^2" and str(ROSENBROCK) == "(1 - x)^2 + 100*(y - x^2)^2"
    assert repr(Formula("x")) == 'Formula("x")'


def test_what_is_wrong():
    with pytest.raises(FormulaError, match=r"unknown function(.|\n)*\^\^\^\^"):
        Formula("2 + sine(x)")
    with pytest.raises(ValueError):
        Formula("2x")
    with pytest.raises(ValueError, match=r"shape \[3\]; allowed: \(\.\.\., 2\), with x, y"):
        ROSENBROCK([1, 2, 3])
    with pytest.raises(ValueError, match="shape"):
        ROSENBROCK(3)
    with pytest.raises(TypeError, match="3 arguments are given; allowed: one, or 2"):
        ROSENBROCK(1, 2, 3)
    with pytest.raises(TypeError):
        ROSENBROCK()
    with pytest.raises(ValueError, match="could not convert"):
        ROSENBROCK(["a", "b"])
    assert np.isnan(Formula("log(x)")([-1]))
    with pytest.raises(MemoryError, match="no memory for"):
        Formula("1")(np.empty((2**58, 0)))
    with pytest.raises(FormulaError, match="not from 1 to 1000000"):
        Formula("sum(i, 1, n, x[i])", dimension=10**15)


def test_in_scipy():
    result = scipy.optimize.minimize(ROSENBROCK.value_and_grad, [-1, 1], jac=True)
    np.testing.assert_allclose(result.x, [1, 1], atol=1e-5)
