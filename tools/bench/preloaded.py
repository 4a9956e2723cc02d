"""Imported once by the server that forks the load processes, so that they start at once."""

import django

django.setup()

from tools.bench import orders  # noqa: E402 - models load after django.setup()

__all__ = ["orders"]
