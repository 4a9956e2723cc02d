"""Whether a service answers."""

import http.server
import os
import subprocess
import sys
import threading

import pytest

from tools.devstack.state import CHECKOUT

pytestmark = pytest.mark.unit

PROGRAM = "import sys; from tools.devstack.services.health import http_answers; print(http_answers(sys.argv[1]))"


class _Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def test_proxy_of_the_environment_is_not_used() -> None:
    variables = {"http_proxy": "http://127.0.0.1:1", "no_proxy": ""}
    with http.server.HTTPServer(("127.0.0.1", 0), _Healthy) as server:
        threading.Thread(target=server.handle_request).start()
        command = [sys.executable, "-c", PROGRAM, f"http://127.0.0.1:{server.server_port}/"]
        printed = subprocess.run(
            command, env=os.environ | variables, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT, check=True
        ).stdout
    assert printed == "True\n"
