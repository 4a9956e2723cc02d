"""Production requires HTTPS, except for requests from inside.

Redis over TLS is tested here, OpenSearch in `tests/search_api/test_engine_connection.py`.
"""

import json
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import kombu
import pytest
from kombu.exceptions import OperationalError

from backend.environment import checking_certificates
from tests.backend.test_settings import manage
from tests.certificates import self_signed

pytestmark = pytest.mark.unit

SCRIPT = """
import json
from django.conf import settings
from django.test import Client
client = Client(HTTP_HOST="shop.example")
answers = {path: client.get(path, secure=secure) for path, secure in
           (("/stores/", False), ("/health/live", False), ("/health/live", True))}
print(json.dumps({
    "redirect": [answers["/stores/"].status_code, answers["/stores/"]["Location"]],
    "inside": Client(HTTP_HOST="shop.example").get("/health/live").status_code,
    "hsts": answers["/health/live"].get("Strict-Transport-Security"),
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE],
}))
"""


def responses(**settings: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(manage("shell", "--no-imports", "-c", SCRIPT, **settings).stdout)
    return found


def test_only_https() -> None:
    assert responses() == {
        "redirect": [301, "https://shop.example/stores/"],
        "inside": 200,
        "hsts": "max-age=31536000; includeSubDomains; preload",
        "cookies": [True, True],
    }


def test_hsts_can_start_short() -> None:
    assert responses(HSTS_SECONDS="300", HSTS_SUBDOMAINS="false")["hsts"] == "max-age=300"


def test_password_is_not_sent_to_a_broker_with_an_unknown_certificate(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        heard = threads.submit(_first_words, server, context)
        url = checking_certificates(f"rediss://:password@127.0.0.1:{server.getsockname()[1]}/0")
        with pytest.raises(OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
            kombu.Connection(url).ensure_connection(max_retries=0)
        assert heard.result() == "unknown ca"


def _first_words(server: socket.socket, context: ssl.SSLContext) -> str:
    connection, _ = server.accept()
    try:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            return encrypted.recv(1000).decode()
    except ssl.SSLError as error:
        return "unknown ca" if "UNKNOWN_CA" in str(error) else str(error)


@pytest.mark.parametrize(
    ("url", "for_celery"),
    [
        ("redis://host/0", "redis://host/0"),
        ("rediss://host/0", "rediss://host/0?ssl_cert_reqs=required"),
        ("rediss://host/0?ssl_ca_certs=/ca.pem", "rediss://host/0?ssl_ca_certs=/ca.pem&ssl_cert_reqs=required"),
        ("rediss://host/0?ssl_cert_reqs=none", "rediss://host/0?ssl_cert_reqs=none"),
    ],
)
def test_address_of_the_broker(url: str, for_celery: str) -> None:
    assert checking_certificates(url) == for_celery
