"""`python -m tests.mutations`: see the docstring of the package."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.mutations.mutation import Mutation, all_mutations
from tools.devstack.services import Stack, State, external_services
from tools.devstack.services.sentence_model import model_environment
from tools.devstack.services.stack import CHECKS
from tools.devstack.state import CHECKOUT

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "staticfiles")
FAILED_TEST = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
PASSED, FAILED = 0, 1  # exit codes of pytest
console = Console()


def main(names: Sequence[str]) -> int:
    known = all_mutations()
    selected = [
        mutation
        for module, mutations in known.items()
        for mutation in mutations
        if not names or {module, mutation.name} & set(names)
    ]
    unknown = set(names) - set(known) - {mutation.name for mutation in selected}
    if unknown:
        sys.exit(f"no such mutation: {', '.join(sorted(unknown))}")
    os.environ.update(model_environment(State.of_checkout()))
    with _services():
        console.print("Unchanged ...")
        with _copy() as checkout:
            code, output = _pytest(checkout, sorted({test for mutation in selected for test in mutation.tests}))
        if code != PASSED:
            console.print(output, markup=False)
            console.print("[red]The tests fail without any mutation, so the mutations would prove nothing.[/red]")
            return 1
        failures = {mutation.name: _failed_test(mutation) for mutation in selected}
    table = Table("mutation", "test that failed")
    for name, test in failures.items():
        table.add_row(name, escape(test) if test else "[red]none[/red]")
    console.print(table)
    return 0 if all(failures.values()) else 1


@contextlib.contextmanager
def _services() -> Iterator[None]:
    external = external_services()
    if len(external) == len(CHECKS):
        yield
        return
    with Stack.throwaway() as stack:
        os.environ.update(stack.environment() | external)
        yield


def _failed_test(mutation: Mutation) -> str:
    """The test that failed under the mutation; empty when all passed."""
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
        shutil.copytree(CHECKOUT, checkout, ignore=NOT_COPIED)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
