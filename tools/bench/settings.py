"""The project's settings with one more route: what a POST costs before it does anything."""

from backend.settings import *  # noqa: F403 - all of them, and one changed

ROOT_URLCONF = "tools.bench.urls"
