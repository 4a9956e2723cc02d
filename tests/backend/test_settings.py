"""Settings that production refuses to start with, and Django's deployment checks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.environment import address_of_page

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "kq3v9x7w2m5n8b1c4z6l0j7h3g9f2d5s8a1p4o7i0u6yt5r2e9w4",
    "ALLOWED_HOSTS": "shop.example",
    "DATABASE_URL": "postgres://shop:long-password@db.example/shop",
    "PATH": os.environ["PATH"],
}


def manage(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """manage.py with only the settings of a production machine."""
    environment = PRODUCTION | changed
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_check_deploy_finds_nothing() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING")
    assert (result.returncode, result.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


def test_wrong_setting_stops_a_command_and_is_named() -> None:
    result = manage("check", SECURE="ture")
    assert result.returncode != 0
    assert "SECURE must be true or false, not 'ture'" in result.stderr


def test_class_of_the_storage_must_be_there() -> None:
    result = manage("check", MEDIA_STORAGE="storages.backends.s3.S3Storge")
    assert result.returncode != 0
    assert "MEDIA_STORAGE must be the name of a class that is installed" in result.stderr


@pytest.mark.parametrize("named", [True, False], ids=["named by the operator", "its own"])
def test_server_deletes_its_counts_and_nothing_else(tmp_path: Path, named: bool) -> None:  # noqa: FBT001 - pytest's
    folder, foreign = tmp_path / "counts", tmp_path / "counts" / "notes.txt"
    if named:
        folder.mkdir()
        foreign.touch()
        (folder / "counter_1.db").touch()
    environment = {"PATH": PRODUCTION["PATH"], "TMPDIR": str(tmp_path)} | (
        {"PROMETHEUS_MULTIPROC_DIR": str(folder)} if named else {}
    )
    command = [sys.executable, "-c", "from backend import gunicorn; gunicorn.on_exit(None)"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.rglob("*")) == ([folder, foreign] if named else [])


def test_folder_of_counts_is_created(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    environment = {"PATH": PRODUCTION["PATH"], "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    subprocess.run([sys.executable, "-c", "import backend.gunicorn"], cwd=ROOT, env=environment, check=True)
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("allowed", "host"),
    [("shop.example,www.shop.example", "shop.example"), (".shop.example", "shop.example"), ("*", "localhost")],
)
def test_health_check_of_the_container_uses_an_allowed_host(allowed: str, host: str) -> None:
    command = [sys.executable, "-c", "from backend.observability import probe; print(probe.HOST)"]
    environment = {"PATH": PRODUCTION["PATH"], "ALLOWED_HOSTS": allowed}
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == host


def test_connections_leave_pgoptions_to_libpq() -> None:
    """Options of the connection itself would replace PGOPTIONS, and with it the web server's time limits."""
    shown = "from django.db import connections; print('options' in connections.settings['default']['OPTIONS'])"
    assert manage("shell", "--no-imports", "-c", shown, PGOPTIONS="-c statement_timeout=15s").stdout == "False\n"


@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        (["localhost", "127.0.0.1", "[::1]", "web", "shop.example.com"], "https://shop.example.com/new-password/"),
        (["shop.example.com", "www.shop.example.com"], ""),
        ([".example.com"], ""),
        (["*"], ""),
        (["localhost", "10.0.0.7", "web"], ""),
    ],
)
def test_page_has_an_address_when_the_site_has_one_public_name(hosts: list[str], address: str) -> None:
    assert address_of_page("/new-password/", hosts=hosts) == address


def test_mail_for_a_new_password_leads_to_the_storefront() -> None:
    shown = "from django.conf import settings; print(settings.PASSWORD_RESET_URL)"
    result = manage("shell", "-v0", "-c", shown, ALLOWED_HOSTS="shop.example.com,web", SCRIPT_NAME="/shop")
    assert result.stdout.strip() == "https://shop.example.com/shop/new-password/?code={code}"
