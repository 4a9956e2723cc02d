"""The Django project. Importing it makes the Celery app current, so `.delay()` finds its broker."""

from backend.celery import app as celery_app

__all__ = ["celery_app"]
