"""Imported once by the server that load processes are forked from: they start in a moment, with Django set up."""

import django

django.setup()

from tools.bench import orders, page  # noqa: E402 - models load after django.setup()

__all__ = ["orders", "page"]
