"""Every mutation still applies to the code, so that `python -m tests.mutations` can run it."""

import ast
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.mutations.mutation import Edit, Mutation, StaleMutationError, all_mutations
from tools.devstack.state import CHECKOUT

pytestmark = pytest.mark.unit

MUTATIONS = [mutation for mutations in all_mutations().values() for mutation in mutations]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_every_edit_applies_once_and_leaves_code_that_parses(mutation: Mutation, tmp_path: Path) -> None:
    for edit in mutation.edits:
        copy = tmp_path / edit.path
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / edit.path, copy)
        before = copy.read_text()
        edit.apply(tmp_path)
        assert copy.read_text() != before
    for file in tmp_path.rglob("*.py"):
        ast.parse(file.read_text())


def test_every_named_test_exists() -> None:
    named = {test.partition("[")[0] for mutation in MUTATIONS for test in mutation.tests}
    missing = []
    for test in sorted(named):
        path, _, function = test.partition("::")
        if not (CHECKOUT / path).exists() or (function and f"def {function}(" not in (CHECKOUT / path).read_text()):
            missing.append(test)
    assert missing == []


def test_names_are_unique() -> None:
    counts = Counter(mutation.name for mutation in MUTATIONS)
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("text", ["", "twice twice"])
def test_edit_of_a_text_that_is_not_there_exactly_once_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "module.py").write_text(text)
    with pytest.raises(StaleMutationError, match=r"module\.py has this text [02] times"):
        Edit("module.py", "twice", "").apply(tmp_path)
