"""`python -m taizhang.cli`, where the script is not installed."""

from __future__ import annotations

import sys

from taizhang.cli import main

if __name__ == "__main__":
    sys.exit(main())
