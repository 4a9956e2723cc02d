"""`demo_access` gives logins and tokens for a trial; those of an earlier run stay while they work."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def access(*options: str) -> dict[str, str]:
    output = StringIO()
    call_command("demo_access", "--json", *options, stdout=output)
    made: dict[str, str] = json.loads(output.getvalue())
    return made


def saved(made: dict[str, str], folder: Path) -> str:
    (folder / "access.json").write_text(json.dumps(made))
    return str(folder / "access.json")


def test_access_that_still_works_stays_and_nobody_is_signed_out(client: Client, tmp_path: Path) -> None:
    first = access()
    client.post("/admin/login/", {"username": first["staff_login"], "password": first["staff_password"]})
    assert access("--current", saved(first, tmp_path)) == first
    assert client.get("/admin/").status_code == 200


def test_expired_token_is_renewed_and_the_password_stays(tmp_path: Path) -> None:
    first = access()
    AuthToken.objects.update(expiry=timezone.now())
    again = access("--current", saved(first, tmp_path))
    assert again["staff_token"] != first["staff_token"]
    assert again["staff_password"] == first["staff_password"]
    assert AuthToken.objects.count() == 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"staff_token": ""}'])
def test_unreadable_file_gives_a_new_access(tmp_path: Path, text: str) -> None:
    (tmp_path / "access.json").write_text(text)
    made = access("--current", str(tmp_path / "access.json"))
    assert all(made.values())
