"""The Celery app and what a worker or beat process needs beside it."""

from backend.celery.application import app

__all__ = ["app"]
