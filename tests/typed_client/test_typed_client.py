"""A TypeScript client generated from the schema compiles, and makes a shopper's journey."""

import json
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from stores.models import Store
from tests.factories import make_stocked
from tests.node import require_node
from tests.orders.web import web_server
from tools.devstack.node_packages import install_node_packages

HERE = Path(__file__).parent
OPTIONS = ("--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "--lib", "es2022,dom")

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_generated_client_searches_orders_and_cancels(tmp_path: Path, store: Store) -> None:
    require_node()
    make_stocked(store, 5)
    install_node_packages(HERE)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(HERE / "journey.ts", tmp_path)
    programs = HERE / "node_modules" / ".bin"
    with web_server(processes=1) as web:
        address = web.url.rstrip("/")
        with urllib.request.urlopen(f"{address}/schema/?format=json") as answer:
            (tmp_path / "schema.json").write_bytes(answer.read())
        generated = run(tmp_path, str(programs / "openapi-typescript"), "schema.json", "-o", "schema.d.ts")
        assert "warn" not in generated.lower()
        run(tmp_path, str(programs / "tsc"), *OPTIONS, "journey.ts")
        printed = run(tmp_path, "node", "journey.js", address, str(store.pk))
    assert json.loads(printed) == ["Lamp", "CONFIRMED", "20.00", "CANCELLED", "/problems/not-cancellable"]
