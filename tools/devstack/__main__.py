"""`bootstrap.py` starts this file, from any working directory."""

import sys
from pathlib import Path

# Python puts the folder of the script first on the path; `tools` and the apps are found from the
# checkout.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from tools.devstack.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
