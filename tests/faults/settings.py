"""Settings of the system under faults: recoveries that a periodic task begins start within a second."""

from backend import settings
from backend.settings import *  # noqa: F403 - all of them, and one changed

SOON = {"schedule": 1.0, "options": {"expires": 1}}
CELERY_BEAT_SCHEDULE = {
    name: entry | SOON if name in {"ensure-index", "sweep-confirmations"} else entry
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items()
}
