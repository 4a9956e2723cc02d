"""Imported once by the server that load processes are forked from: they start in a moment, with Django set up."""

import django

django.setup()

import bench.orders  # noqa: E402 - the models need Django
import bench.page  # noqa: E402

__all__ = ["bench"]
