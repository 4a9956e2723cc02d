"""`./dev lint`: everything that is checked without running the product."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from devstack.console import say
from devstack.state import CHECKOUT

CHECKS: dict[str, Sequence[str]] = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy", "."],
    "import contract": ["importlinter.cli", "lint"],
    "migrations": ["django", "makemigrations", "--check", "--dry-run"],
}
AUDIT = (
    "pip_audit",
    "--requirement",
    "requirements.txt",
    "--require-hashes",
    "--disable-pip",
    "--progress-spinner=off",
)
FOUND = "known vulnerabilit"


def run(arguments: list[str]) -> int:
    argparse.ArgumentParser("./dev lint", description="Check everything that needs no service.").parse_args(arguments)
    failed = [name for name, module in CHECKS.items() if not _passes(name, module)]
    if not _audit_passes():
        failed.append("dependency audit")
    say(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _passes(name: str, module: Sequence[str]) -> bool:
    say(f"{name} ...")
    return subprocess.run(_argv(module), cwd=CHECKOUT, env=_environment(), check=False).returncode == 0


def _argv(module: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", *module]


def _environment() -> dict[str, str]:
    # Settings refuse to load without a secret unless DEBUG is on; nothing here serves anything.
    return {**os.environ, "DEBUG": "true", "DJANGO_SETTINGS_MODULE": "backend.settings"}


def _audit_passes() -> bool:
    """Fails on a known vulnerability; an advisory service out of reach is said and is no failure."""
    say("dependency audit ...")
    audit = subprocess.run(_argv(AUDIT), cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if audit.returncode == 0:
        return True
    if FOUND in audit.stdout + audit.stderr:
        say(audit.stdout + audit.stderr)
        return False
    say("  skipped: the advisory service could not be asked from here")
    return True
