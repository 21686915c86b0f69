"""The examples of all docstrings run."""

import doctest

import amsgrad
import pytest


def documented():
    for name in amsgrad.__all__:
        one = getattr(amsgrad, name)
        if isinstance(one, str):
            continue
        yield name, one
        if isinstance(one, type):
            yield from ((f"{name}.{inner}", it) for inner, it in vars(one).items() if callable(it) and inner[0] != "_")


@pytest.mark.parametrize(("name", "one"), [pytest.param(*pair, id=pair[0]) for pair in documented()])
def test_examples(name, one):
    text = one.__doc__ or ""
    assert text, f"{name} has no documentation"
    examples = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    assert doctest.DocTestRunner().run(examples).failed == 0


def test_every_public_name_has_an_example():
    for name in amsgrad.__all__:
        one = getattr(amsgrad, name)
        assert isinstance(one, str) or name == "FormulaError" or ">>>" in one.__doc__, name
