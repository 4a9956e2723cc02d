"""`python -m tests.mutations`: see the package's docstring."""

import contextlib
import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests import mutations
from tests.mutations.mutation import Mutation
from tools.devstack.services import Stack, external_services
from tools.devstack.services.stack import CHECKS

CHECKOUT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".*", "__pycache__", "node_modules", "staticfiles", "docs")
FAILED_TEST = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
PASSED, FAILED = 0, 1  # of pytest
console = Console()


def main(names: Sequence[str]) -> int:
    chosen = list(_chosen(names))
    with _services():
        if not _passes_unchanged(sorted({test for mutation in chosen for test in mutation.tests})):
            return 1
        noticed = {mutation.name: _noticed_by(mutation) for mutation in chosen}
    _show(chosen, noticed)
    return 0 if all(noticed.values()) else 1


def _chosen(names: Sequence[str]) -> Iterator[Mutation]:
    """Those asked for by module or name; all if none is."""
    unknown = set(names)
    for found in pkgutil.iter_modules(mutations.__path__):
        module = importlib.import_module(f"{mutations.__name__}.{found.name}") if found.name != "__main__" else None
        for mutation in getattr(module, "MUTATIONS", []):
            asked = {found.name, mutation.name} & set(names)
            unknown -= asked
            if asked or not names:
                yield mutation
    if unknown:
        sys.exit(f"no such mutation: {', '.join(sorted(unknown))}")


@contextlib.contextmanager
def _services() -> Iterator[None]:
    external = external_services()
    if len(external) == len(CHECKS):
        yield
        return
    with Stack.throwaway() as stack:
        os.environ.update(stack.environment() | external)
        yield


def _passes_unchanged(tests: Sequence[str]) -> bool:
    console.print("Unchanged ...")
    with _copy() as checkout:
        code, output = _pytest(checkout, tests)
    if code != PASSED:
        console.print(output, markup=False)
        console.print("[red]The tests fail without any mutation: they prove nothing.[/red]")
    return code == PASSED


def _noticed_by(mutation: Mutation) -> str:
    """The test that failed; empty when all passed."""
    console.print(f"{mutation.name} ...")
    with _copy() as checkout:
        for edit in mutation.edits:
            edit.apply(checkout)
        code, output = _pytest(checkout, [*mutation.tests, "--maxfail=1"])
    if code not in {PASSED, FAILED}:
        raise RuntimeError(f"pytest could not run the tests of {mutation.name}:\n{output}")
    failed = FAILED_TEST.search(output)
    return failed.group(1) if code == FAILED and failed else ""


@contextlib.contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        checkout = Path(folder) / "checkout"
        shutil.copytree(CHECKOUT, checkout, ignore=shutil.ignore_patterns(*LEFT_OUT))
        yield checkout


def _pytest(checkout: Path, arguments: Iterable[str]) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--create-db", *arguments],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _show(chosen: Sequence[Mutation], noticed: dict[str, str]) -> None:
    table = Table("taken out", "noticed by")
    for mutation in chosen:
        table.add_row(mutation.name, noticed[mutation.name] or "[red]no test[/red]")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
