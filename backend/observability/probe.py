"""The web container's health check, a script: it imports only the standard library."""

import os
import sys
import urllib.request
from http import HTTPStatus

PORT = os.environ.get("WEB_BIND", ":8000").rpartition(":")[2]
URL = f"http://127.0.0.1:{PORT}{os.environ.get('SCRIPT_NAME', '')}/health/ready"
# Django accepts only the hosts in ALLOWED_HOSTS; '.shop.example' and '*' stand for several.
FIRST_HOST = os.environ.get("ALLOWED_HOSTS", "localhost").partition(",")[0].strip()
HOST = "localhost" if FIRST_HOST == "*" else FIRST_HOST.lstrip(".")

if __name__ == "__main__":
    try:
        # Not through a proxy of the environment, to which 127.0.0.1 is another host.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(urllib.request.Request(URL, headers={"Host": HOST}), timeout=4) as response:
            sys.exit(0 if response.status == HTTPStatus.OK else 1)
    except OSError as error:
        sys.exit(f"{URL}: {error}")
