"""The Celery app, and the parts of a worker and of beat that are ours."""

from backend.celery.application import app

__all__ = ["app"]
