"""`./dev lint` checks the templates, and the length of their lines."""

import subprocess
import sys

import pytest

from tools.devstack.commands.lint import CHECKS
from tools.devstack.state import CHECKOUT

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("template", "passes"),
    [
        (f"<p>{'x' * 113}</p>\n", True),
        (f"<p>{'x' * 114}</p>\n", False),
        (f"<p>short</p>\n<p>{'x' * 200}</p>\n", False),
        ("{% extends 'storefront/base.html' %}\n<p>never shown</p>\n", False),
    ],
    ids=["120 columns", "121 columns", "a later line", "content outside a block"],
)
def test_templates_are_linted(template: str, *, passes: bool) -> None:
    linter = [argument if argument != "." else "-" for argument in CHECKS["templates"]]
    linted = subprocess.run(
        [sys.executable, *linter], input=template, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert (linted.returncode == 0) == passes, linted.stdout + linted.stderr
