"""`docs/configuration.md` lists every environment variable with its true default."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>.+?) \| (?P<meaning>.+) \|$", re.MULTILINE)
ELSEWHERE = re.compile(r"""os\.environ(?:\.get\(|\.setdefault\(|\[)["']([A-Z_]+)["']""")
NO_CONFIGURATION = {"DJANGO_SETTINGS_MODULE"}

# Loads the settings with only the required variables set, and prints the variables that they read.
SCRIPT = """
import json
from backend.environment import Environment
read, value = {"SECRET_KEY": ""}, Environment._value
def record(self, name, default, parse, **options):
    read[name] = default
    return value(self, name, default, parse, **options)
Environment._value = record
import backend.settings, backend.gunicorn, backend.web_worker
print(json.dumps(read))
"""


@cache
def read_by_settings() -> dict[str, str]:
    """Each variable that the settings, the web server's too, read, with its default."""
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "a secret for tests alone, of no use anywhere else"}
    with TemporaryDirectory() as folder:
        environment["PROMETHEUS_MULTIPROC_DIR"] = folder
        command = [sys.executable, "-c", SCRIPT]
        read = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = json.loads(read)
    return found


@cache
def read_elsewhere() -> set[str]:
    """Variables that other modules of `backend` read."""
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "backend").rglob("*.py"))
    return set(ELSEWHERE.findall(sources)) - NO_CONFIGURATION


@cache
def documented() -> dict[str, str]:
    """The default of each variable in the tables."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return {row["name"]: row["default"] for row in ROW.finditer(text)}


def shown(default: str) -> str:
    """A default in the format of the tables."""
    return f"`{default.removeprefix(f'{ROOT}/')}`" if default else "none"


def test_exactly_the_existing_variables_are_documented() -> None:
    assert set(documented()) == set(read_by_settings()) | read_elsewhere()


def test_documented_defaults_are_true() -> None:
    wrong = {
        name: (documented()[name], shown(default))
        for name, default in read_by_settings().items()
        if not re.match(rf"{re.escape(shown(default))}($|[,:])", documented()[name])
    }
    assert wrong == {}


def test_variables_of_the_example_for_docker_are_documented() -> None:
    """The example itself explains those that only the compose file reads."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    passed_on = {name for name in named if re.search(rf"^\s+{name}: ", compose, re.MULTILINE)}
    assert passed_on
    assert passed_on - documented().keys() <= {"POSTGRES_PASSWORD"}
