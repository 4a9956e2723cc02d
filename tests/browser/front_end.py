"""The example pages of clients/ and of docs/headless.md, built, on an origin of their own."""

import functools
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

from tests.eventually import eventually
from tools.devstack.node_packages import CLIENTS, install_node_packages
from tools.devstack.state import CHECKOUT

HEADLESS = CHECKOUT / "docs" / "headless.md"
HEADLESS_SHOP = "http://127.0.0.1:8000"  # in its code
HEADLESS_PAGE = (
    '<!doctype html><html lang="en"><title>Shop</title>'
    '<div id="root"></div><script type="module" src="main.jsx"></script></html>'
)
HEADLESS_MAIN = """import { createRoot } from "react-dom/client";
import App from "./App.jsx";
createRoot(document.getElementById("root")).render(<App />);
"""
SETTLED = 150  # ms; a second request would have been sent by then
PLACEHOLDERS = {"VITE_SHOP": "__SHOP__", "VITE_ATTRIBUTE": "__ATTRIBUTE__"}


class FrontEnd:
    """A page on another origin than the shop's, and the searches that it sends."""

    def __init__(self, page: Page, shop: str) -> None:
        self.page, self.shop = page, shop
        self.sent: list[str] = []
        self.answered = 0
        page.on("request", self._on_request)
        page.on("requestfinished", self._on_answer)

    def _on_request(self, request: Request) -> None:
        if request.url.startswith(f"{self.shop}/search/"):
            self.sent.append(f"{request.method} {request.url.removeprefix(self.shop)} {request.post_data or ''}")

    def _on_answer(self, request: Request) -> None:
        self.answered += request.url.startswith(f"{self.shop}/search/")

    def does(self, action: Callable[[], object]) -> str:
        """The one request that an action sends; it has been answered."""
        self.sent.clear()
        self.answered = 0
        action()
        eventually(self._has_answer)
        self.page.wait_for_timeout(SETTLED)
        assert len(self.sent) == 1, self.sent
        return self.sent[0]

    def _has_answer(self) -> bool:
        self.page.wait_for_timeout(10)  # Playwright reports events only while it waits
        return self.answered > 0


def code_of_headless_page(language: str) -> list[str]:
    """The blocks of code in docs/headless.md."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", HEADLESS.read_text(), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def build(folder: Path) -> Path:
    """The pages, for any shop: its address is filled in when a page is served."""
    install_node_packages()
    headless = CLIENTS / "examples" / "headless"
    headless.mkdir(exist_ok=True)
    (headless / "index.html").write_text(HEADLESS_PAGE)
    (headless / "main.jsx").write_text(HEADLESS_MAIN)
    (app,) = code_of_headless_page("jsx")
    (headless / "App.jsx").write_text(app.replace(HEADLESS_SHOP, PLACEHOLDERS["VITE_SHOP"]))
    for command in (
        ["npm", "run", "build", "--workspace", "searchlight-instantsearch"],
        ["npx", "vite", "build", "examples", "--config", "examples/vite.config.js", "--outDir", str(folder)],
    ):
        built = subprocess.run(
            command, cwd=CLIENTS, env={**os.environ, **PLACEHOLDERS}, capture_output=True, text=True, check=False
        )
        assert built.returncode == 0, built.stdout + built.stderr
    return folder


@contextmanager
def served(folder: Path, *, shop: str, attribute: str) -> Iterator[str]:
    """The origin of the pages."""
    filled = {"__SHOP__": shop, "__ATTRIBUTE__": attribute}
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, folder, filled))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, folder: Path, filled: dict[str, str], *arguments: Any) -> None:
        self.folder, self.filled = folder, filled
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        file = self.folder / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
        if not file.is_file():
            self.send_error(404)
            return
        content = file.read_bytes()
        for placeholder, value in self.filled.items():
            content = content.replace(placeholder.encode(), value.encode())
        self.send_response(200)
        self.send_header("Content-Type", guess_type(file.name)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""
