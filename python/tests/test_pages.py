"""The Python blocks of the page for users run, one after the other."""

import pathlib
import re

PAGE = pathlib.Path(__file__).parents[2] / "docs/python.md"


def test_the_page():
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 3
    names = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
