"""In production everything goes over HTTPS, and says so; only what is asked from inside may come without."""

import json
from typing import Any

import pytest

from tests.backend.test_settings import manage

pytestmark = pytest.mark.unit

ASK = """
import json
from django.conf import settings
from django.test import Client
client = Client(HTTP_HOST="shop.example")
answers = {path: client.get(path, secure=secure) for path, secure in
           (("/stores/", False), ("/health/live", False), ("/health/live", True))}
print(json.dumps({
    "redirect": [answers["/stores/"].status_code, answers["/stores/"]["Location"]],
    "inside": Client(HTTP_HOST="shop.example").get("/health/live").status_code,
    "promise": answers["/health/live"].get("Strict-Transport-Security"),
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE],
}))
"""


def asked(**settings: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(manage("shell", "--no-imports", "-c", ASK, **settings).stdout)
    return told


def test_https_alone() -> None:
    assert asked() == {
        "redirect": [301, "https://shop.example/stores/"],
        "inside": 200,
        "promise": "max-age=31536000; includeSubDomains; preload",
        "cookies": [True, True],
    }
