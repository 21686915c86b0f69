"""The program that the package brings."""

import pathlib
import subprocess

GOLDEN = pathlib.Path(__file__).parents[2] / "crates/amsgrad/tests/golden/tutorial-published.txt"


def program(*arguments):
    return subprocess.run(["amsgrad", *arguments], capture_output=True, text=True)


def test_the_tutorial():
    ran = program("tutorial")
    assert ran.returncode == 0 and ran.stdout == GOLDEN.read_text()


def test_wrong_usage():
    ran = program("minimize", "sine(x)")
    assert ran.returncode == 2 and "did you mean `sin`?" in ran.stderr and not ran.stdout


def test_figures(tmp_path):
    file = tmp_path / "path.png"
    ran = program("minimize", "x^2 + y^2", "--bounds", "-1..1", "--plot", str(file))
    assert ran.returncode == 0 and file.read_bytes().startswith(b"\x89PNG")
