"""The code of docs/webhooks.md verifies what we send, and nothing else."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.factories import make_user
from tools.devstack.state import CHECKOUT
from webhooks import signing
from webhooks.models import Delivery

pytestmark = pytest.mark.unit

BODY = '{"data": {"name": "Lämp"}}'.encode()
NODE = shutil.which("node")


def code(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", (CHECKOUT / "docs/webhooks.md").read_text(), re.DOTALL)
    return str(found)


def cases() -> list[tuple[str, dict[str, str], bytes, bool]]:
    """Each is a secret, headers, a body, and whether they go together."""
    secret, old, other = signing.new_secret(), signing.new_secret(), signing.new_secret()
    now = int(time.time())
    sent = signing.headers([signing.encrypt(secret), signing.encrypt(old)], "evt_1", now, BODY)
    late = signing.headers([signing.encrypt(secret)], "evt_1", now - 3600, BODY)
    return [
        (secret, sent, BODY, True),
        (old, sent, BODY, True),
        (other, sent, BODY, False),
        (secret, sent, BODY + b" ", False),
        (secret, sent | {"webhook-id": "evt_2"}, BODY, False),
        (secret, sent | {"webhook-timestamp": str(now + 1)}, BODY, False),
        (secret, sent | {"webhook-signature": "v1,"}, BODY, False),
        (secret, late, BODY, False),
    ]


@pytest.mark.service
@pytest.mark.django_db
def test_every_documented_request_works(api: APIClient) -> None:
    api.force_authenticate(make_user(is_superuser=True))
    page = (CHECKOUT / "docs/webhooks.md").read_text().partition("## Subscribing")[2].partition("\n## ")[0]
    (body,) = re.findall(r"POST /webhooks/\n(.*)\n```", page)
    made = api.post("/webhooks/", json.loads(body), format="json")
    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    requests = re.findall(r"`(GET|PATCH|POST|DELETE) (/webhooks/[^`]*)`", page)
    assert len(requests) == 9
    for method, address in requests:
        delivery = Delivery.objects.values_list("pk", flat=True).first()
        path = address.replace("<id>", str(made.json()["id"])).replace("<delivery>", str(delivery)).partition("?")[0]
        sent = json.loads(found[1]) if (found := re.search(rf"{re.escape(address)}`.*`({{.*}})`", page)) else None
        answer = api.generic(method, path, json.dumps(sent or {}), "application/json")
        assert answer.status_code < 300, (method, path, answer.content)
        api.patch(f"/webhooks/{made.json()['id']}/", {"active": True}, format="json")


def test_python() -> None:
    names: dict[str, Any] = {}
    exec(code("python"), names)  # noqa: S102 - the documentation's own code
    verify: Callable[[str, dict[str, str], bytes], bool] = names["verify"]
    assert all(verify(secret, headers, body) is right for secret, headers, body, right in cases())


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
def test_javascript(tmp_path: Path) -> None:
    (tmp_path / "verify.mjs").write_text(code("js"))
    given = [[secret, headers, body.decode()] for secret, headers, body, _ in cases()]
    script = """
        import { verify } from "./verify.mjs";
        const cases = JSON.parse(process.argv[2]);
        console.log(JSON.stringify(cases.map(([secret, headers, body]) => verify(secret, headers, Buffer.from(body)))));
    """
    (tmp_path / "run.mjs").write_text(script)
    command = [str(NODE), str(tmp_path / "run.mjs"), json.dumps(given)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(output) == [right for *_, right in cases()]
