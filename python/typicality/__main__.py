"""The command line as ``python -m typicality``."""

import sys

from typicality.cli import main

if __name__ == "__main__":
    sys.exit(main())
