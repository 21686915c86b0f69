"""The program, for ``python -m amsgrad``."""

import sys

from ._program import main

if __name__ == "__main__":
    sys.exit(main())
