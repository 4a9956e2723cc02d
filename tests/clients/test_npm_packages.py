"""The npm packages of clients/: what is in them, what they are made with, and their own tests."""

import json
import re
from typing import Any

import pytest

from tests.node import require_node
from tools.devstack.node_packages import CLIENTS, install_node_packages, run_npm

# In one process with the tests that build the same packages.
pytestmark = [pytest.mark.unit, pytest.mark.xdist_group("browser")]
ADAPTER = "searchlight-instantsearch"


@pytest.fixture(scope="module")
def _packages() -> None:
    require_node()
    install_node_packages()


@pytest.mark.usefixtures("_packages")
def test_requests_of_instantsearch_are_merged_without_changing_a_count() -> None:
    ran = run_npm("test", "--workspace", ADAPTER)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.usefixtures("_packages")
def test_package_has_compiled_code_with_types_and_no_dependency() -> None:
    packed = run_npm("pack", "--dry-run", "--json", "--workspace", ADAPTER)
    assert packed.returncode == 0, packed.stderr
    listed: Any = json.loads(packed.stdout[packed.stdout.index("[\n" if "[\n" in packed.stdout else "{") :])
    (package,) = listed if isinstance(listed, list) else listed.values()
    paths = {file["path"] for file in package["files"]}
    assert {"package.json", "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts"} <= paths
    assert all(re.fullmatch(r"[A-Z][\w.]+|package\.json|dist/\w+\.(?:js|d\.ts)", path) for path in paths), paths
    manifest = json.loads((CLIENTS / "instantsearch" / "package.json").read_text())
    assert "dependencies" not in manifest
    assert "peerDependencies" not in manifest


def test_versions_are_pinned_and_the_lock_file_names_no_place() -> None:
    lock = json.loads((CLIENTS / "package-lock.json").read_text())
    for path, package in lock["packages"].items():
        assert "://" not in package.get("resolved", ""), path
        assert path == "" or package.get("link") or "node_modules" not in path or package.get("integrity"), path
    for manifest in CLIENTS.glob("*/package.json"):
        described = json.loads(manifest.read_text())
        for kind in ("dependencies", "devDependencies"):
            for name, version in described.get(kind, {}).items():
                assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{manifest}: {name}"
