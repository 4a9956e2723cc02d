"""The published schema is sound, and generators of clients read it without a warning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.node import require_node
from tools.devstack.node_packages import install_node_packages
from tools.devstack.state import CHECKOUT

HERE = Path(__file__).parent
PROGRAMS = HERE / "node_modules" / ".bin"
SCHEMA = CHECKOUT / "docs" / "openapi.json"
TSC_OPTIONS = ("--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler")

pytestmark = pytest.mark.unit


@pytest.fixture
def _programs() -> None:
    require_node()
    install_node_packages(HERE)


def run(*command: str, folder: Path) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.mark.usefixtures("_programs")
def test_spectral_finds_no_problem(tmp_path: Path) -> None:
    lint = ("lint", str(SCHEMA), "--ruleset", str(HERE / "spectral.yaml"), "--fail-severity", "hint")
    run(str(PROGRAMS / "spectral"), *lint, folder=tmp_path)


@pytest.mark.usefixtures("_programs")
def test_typescript_of_hey_api_compiles(tmp_path: Path) -> None:
    generate = ("--input", str(SCHEMA), "--output", "client", "--no-log-file")
    printed = run(str(PROGRAMS / "openapi-ts"), *generate, folder=tmp_path).lower()
    assert "warn" not in printed
    assert "error" not in printed
    run(str(PROGRAMS / "tsc"), *TSC_OPTIONS, "client/index.ts", folder=tmp_path)


def test_python_client_is_generated_and_imported(tmp_path: Path) -> None:
    generate = (
        "generate",
        "--path",
        str(SCHEMA),
        "--output-path",
        "shop_client",
        "--meta",
        "none",
        "--fail-on-warning",
    )
    run("openapi-python-client", *generate, folder=tmp_path)
    every_module = (
        "import importlib, pkgutil, shop_client\n"
        "for module in pkgutil.walk_packages(shop_client.__path__, 'shop_client.'):\n"
        "    importlib.import_module(module.name)\n"
    )
    run(sys.executable, "-c", every_module, folder=tmp_path)
