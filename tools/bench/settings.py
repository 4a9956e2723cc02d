"""The project's settings with the routes of `urls.py`."""

from backend.settings import *  # noqa: F403 - all of them, and one changed

ROOT_URLCONF = "tools.bench.urls"
