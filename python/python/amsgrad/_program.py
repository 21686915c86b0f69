"""The program as the command of the package."""

import sys


def main() -> int:
    """Run the program with the arguments of the command line, and return its exit code."""
    from ._amsgrad import run_program

    return run_program(["amsgrad", *sys.argv[1:]])
