"""Started as a file by `bootstrap.py`, from whatever folder the developer is in."""

import sys
from pathlib import Path

# The folder of a script comes first on the path; the checkout has to, for `devstack` and the apps to be found.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from tools.devstack.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
