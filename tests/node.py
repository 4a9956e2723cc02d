"""Node.js, which the tests of clients need."""

import os

import pytest

from tools.devstack.node_packages import node_is_there


def require_node() -> None:
    """Skip the test without it, and fail in CI."""
    if not node_is_there():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("These tests need Node.js 20.19 or newer, with npm.")
