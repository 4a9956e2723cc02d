"""The role in docs/operations.md covers every name that the project uses in OpenSearch."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from indexing import names

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]


def role() -> dict[str, Any]:
    text = (ROOT / "docs/operations.md").read_text()
    (pasted,) = re.findall(r"```json\n(.*?)```", text, flags=re.DOTALL)
    found: dict[str, Any] = json.loads(pasted)
    return found


def test_the_role_may_do_everything_with_the_indices_of_the_project(settings: Any) -> None:
    settings.INDEX_PREFIX = ""
    index = names.new_index_name()
    (patterns,) = [
        rights["index_patterns"]
        for rights in role()["index_permissions"]
        if rights["allowed_actions"] == ["indices_all"]
    ]

    for name in (names.index_alias(), index, names.write_alias(index)):
        assert any(fnmatch(name, pattern) for pattern in patterns), name
    assert not any(fnmatch("orders", pattern) for pattern in patterns)
