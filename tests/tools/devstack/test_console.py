"""What devstack says, and to whom."""

import os
import subprocess
import sys

import pytest

from tools.devstack.state import CHECKOUT

pytestmark = pytest.mark.unit

TALK = """
from tools.devstack.console import complain, say
for step in range(3):
    say(f"step {step}")
complain("all done")
"""


def test_reader_that_goes_away_ends_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    talk = [sys.executable, "-c", TALK]
    told = subprocess.run(talk, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=CHECKOUT, check=False)
    os.close(writer)
    assert (told.returncode, told.stderr) == (0, "all done\n")
