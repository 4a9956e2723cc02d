"""The project's settings with the library's synchronisation switched on."""

from backend.settings import *  # noqa: F403 - all of them, and some changed
from backend.settings import CELERY_TASK_ROUTES, INSTALLED_APPS

INSTALLED_APPS = ["tools.bench.dsl", *INSTALLED_APPS]
OPENSEARCH_DSL_AUTOSYNC = True
OPENSEARCH_DSL_SIGNAL_PROCESSOR = "django_opensearch_dsl.signals.CelerySignalProcessor"
CELERY_TASK_ROUTES = {**CELERY_TASK_ROUTES, "django_opensearch_dsl.*": {"queue": "dsl"}}
CELERY_INCLUDE = ["django_opensearch_dsl.signals"]
CELERY_BEAT_SCHEDULE = {}  # none of our own synchronisation
