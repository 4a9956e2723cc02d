"""`./dev lint`: everything that is checked without running the product."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from tools.devstack.console import say
from tools.devstack.services import State
from tools.devstack.services.postgres import Postgres
from tools.devstack.state import CHECKOUT

# Arguments to Python. import-linter has no module to run with -m; Django's warning is that no database is there to ask.
CHECKS: dict[str, Sequence[str]] = {
    "ruff": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "templates": ["-m", "djlint", ".", "--quiet"],
    "types": ["-m", "mypy", "."],
    "import contract": ["-c", "from importlinter.cli import lint_imports_command as check; check()"],
    "missing migrations": ["-W", "ignore::RuntimeWarning", "-m", "django", "makemigrations", "--check", "--dry-run"],
}
AUDIT = ("pip_audit", "--requirement", "requirements.txt", "--require-hashes", "--disable-pip", "--format", "json")


def run(arguments: list[str]) -> int:
    description = "Check everything that can be checked without running the product."
    argparse.ArgumentParser("./dev lint", description=description).parse_args(arguments)
    failed = [name for name, check in CHECKS.items() if not _passes(name, check)]
    if not _migrations_pass():
        failed.append("safety of migrations")
    if not _audit_passes():
        failed.append("dependency audit")
    say(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _migrations_pass() -> bool:
    """Their SQL is what is looked at, and only a PostgreSQL can be asked for it."""
    state = State.throwaway()
    postgres = Postgres(state, durable=False)
    try:
        postgres.start()
        return _passes(
            "safety of migrations", ["-m", "tools.devstack.migrations"], DATABASE_URL=postgres.url, LOG_LEVEL="WARNING"
        )
    finally:
        postgres.stop()
        state.remove()


def _passes(name: str, check: Sequence[str], **settings: str) -> bool:
    say(f"{name} ...")
    # Settings refuse to load without a secret unless DEBUG is on; nothing here serves anything.
    environment = {**os.environ, "DEBUG": "true", "DJANGO_SETTINGS_MODULE": "backend.settings", **settings}
    return subprocess.run([sys.executable, *check], cwd=CHECKOUT, env=environment, check=False).returncode == 0


def _audit_passes() -> bool:
    """Fails on a known vulnerability; an advisory service out of reach is said and is no failure."""
    say("dependency audit ...")
    audit = subprocess.run([sys.executable, "-m", *AUDIT], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except ValueError:
        packages = []
    asked = [package for package in packages if "skip_reason" not in package]
    vulnerable = [package for package in asked if package["vulns"]]
    for package in vulnerable:
        ids = ", ".join(vulnerability["id"] for vulnerability in package["vulns"])
        say(f"  {package['name']} {package['version']}: {ids}")
    if not asked:
        say("  skipped: the advisory service cannot be asked from here")
    elif not vulnerable:
        say(f"  {len(asked)} of {len(packages)} packages asked about, none with a known vulnerability")
    return not vulnerable
