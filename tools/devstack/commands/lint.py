"""`./dev lint`: every check that does not run the product."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from tools.devstack.console import say
from tools.devstack.node_packages import install_node_packages, node_is_there, run_npm
from tools.devstack.services import State, running_together
from tools.devstack.services.postgres import Postgres
from tools.devstack.state import CHECKOUT

# Arguments to Python. import-linter cannot be run with -m; Django warns that it reaches no
# database.
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
    description = "Run every check that does not run the product."
    argparse.ArgumentParser("./dev lint", description=description).parse_args(arguments)
    failed = [name for name, check in CHECKS.items() if not _passes(name, check)]
    if not _typescript_passes():
        failed.append("TypeScript")
    state = State.throwaway()
    try:
        # The check reads the SQL of the migrations, which Django makes only with a connection to
        # PostgreSQL.
        with running_together(postgres := Postgres(state, durable=False)):
            settings = {"DATABASE_URL": postgres.url, "LOG_LEVEL": "WARNING"}
            if not _passes("safety of migrations", ["-m", "tools.devstack.migrations"], **settings):
                failed.append("safety of migrations")
    finally:
        state.remove()
    if not _audit_passes():
        failed.append("dependency audit")
    say(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _passes(name: str, check: Sequence[str], **settings: str) -> bool:
    say(f"{name} ...")
    # Without DEBUG the settings refuse to load without a secret.
    environment = {**os.environ, "DEBUG": "true", "DJANGO_SETTINGS_MODULE": "backend.settings", **settings}
    return subprocess.run([sys.executable, *check], cwd=CHECKOUT, env=environment, check=False).returncode == 0


def _typescript_passes() -> bool:
    """The scripts' types, by `npm run check` in clients/. Without Node.js the check is skipped, and fails in CI."""
    say("TypeScript ...")
    if not node_is_there():
        say("  skipped: there is no Node.js with npm")
        return "CI" not in os.environ
    install_node_packages()
    checked = run_npm("run", "--silent", "check")
    if checked.returncode:
        say(checked.stdout + checked.stderr)
    return checked.returncode == 0


def _audit_passes() -> bool:
    """False for a known vulnerability. Without an advisory service the check is skipped."""
    say("dependency audit ...")
    audit = subprocess.run([sys.executable, "-m", *AUDIT], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except ValueError:
        packages = []
    checked = [package for package in packages if "skip_reason" not in package]
    vulnerable = [package for package in checked if package["vulns"]]
    for package in vulnerable:
        ids = ", ".join(vulnerability["id"] for vulnerability in package["vulns"])
        say(f"  {package['name']} {package['version']}: {ids}")
    if not checked:
        say("  skipped: the advisory service cannot be reached")
    elif not vulnerable:
        say(f"  {len(checked)} of {len(packages)} packages checked, none with a known vulnerability")
    return not vulnerable
