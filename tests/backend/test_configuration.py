"""`docs/configuration.md` lists every environment variable with its true default."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>.+?) \| (?P<meaning>.+) \|$", re.MULTILINE)
ELSEWHERE = re.compile(r"""os\.environ(?:\.get\(|\.setdefault\(|\[)["']([A-Z_]+)["']""")
NO_CONFIGURATION = {"DJANGO_SETTINGS_MODULE"}

# Loads the settings of a machine where nothing is set but what must be, and tells what they asked for.
ASK = """
import environ, json
asked, get_value = {}, environ.Env.get_value
def record(self, var, cast=None, default=environ.Env.NOTSET, parse_default=False):
    asked[var] = str(default) if hasattr(default, "__fspath__") else default
    return get_value(self, var, cast=cast, default=default, parse_default=parse_default)
environ.Env.get_value = record
import backend.settings
print(json.dumps(asked))
"""


@cache
def read_by_settings() -> dict[str, Any]:
    """Each variable that the settings read, with its default."""
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "a secret for tests alone, of no use anywhere else"}
    command = [sys.executable, "-c", ASK]
    asked = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(asked)
    return found


@cache
def read_elsewhere() -> set[str]:
    """Variables that other modules of the project's own package read."""
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "backend").rglob("*.py"))
    return set(ELSEWHERE.findall(sources)) - NO_CONFIGURATION


@cache
def documented() -> dict[str, str]:
    """The default of each variable, as the tables say it."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return {row["name"]: row["default"] for row in ROW.finditer(text)}


def shown(default: object) -> str:
    """A default as the tables show it."""
    if default in ("", []):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, list):
        return f"`{','.join(default)}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{str(default).removeprefix(f'{ROOT}/')}`"


def test_every_variable_is_documented_and_no_other() -> None:
    assert set(documented()) == set(read_by_settings()) | read_elsewhere()


def test_documented_defaults_are_true() -> None:
    wrong = {
        name: (documented()[name], shown(default))
        for name, default in read_by_settings().items()
        if not re.match(rf"{re.escape(shown(default))}($|[,:])", documented()[name])
    }
    assert wrong == {}


def test_variables_of_the_example_for_docker_are_documented() -> None:
    """Those that only the compose file reads are explained in the example itself."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    passed_on = {name for name in named if re.search(rf"^\s+{name}: ", compose, re.MULTILINE)}
    assert passed_on
    assert passed_on - documented().keys() <= {"POSTGRES_PASSWORD"}
