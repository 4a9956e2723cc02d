"""Celery's beat, of which any number may run and one works.

The one that holds a PostgreSQL advisory lock sends the tasks; the others wait for it to end, and one of them takes over
within a second or two. PostgreSQL gives the lock back by itself when its holder is killed or cut off.
"""

import time
from typing import Any

import structlog
from celery.beat import Scheduler
from django.db import Error, connection

from backend.observability import heartbeat

logger = structlog.get_logger(__name__)

LOCK = 0x62656174  # "beat": any number that nothing else locks
CHECK_SECONDS = 1.0


class SingleScheduler(Scheduler):
    """Keeps the schedule in memory: nothing is written, so a read-only file system is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._leads = False
        self._checked = float("-inf")
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        self.install_default_entries(self.schedule)
        self.update_from_dict(self.app.conf.beat_schedule)
        logger.info("beat: Starting")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, as the leader; seconds until it wants to be asked again."""
        heartbeat.touch()
        if not self._is_leader():
            return CHECK_SECONDS
        wait: float = super().tick(*args, **kwargs)
        return min(wait, CHECK_SECONDS)

    def _is_leader(self) -> bool:
        now = time.monotonic()
        if now - self._checked < CHECK_SECONDS:
            return self._leads
        self._checked = now
        led, self._leads = self._leads, self._holds_lock()
        if self._leads != led:
            logger.info("beat leads" if self._leads else "beat no longer leads")
        return self._leads

    def _holds_lock(self) -> bool:
        """Take the lock, or make sure that the connection it was taken on still lives."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1" if self._leads else f"SELECT pg_try_advisory_lock({LOCK})::int")
                return bool(cursor.fetchone()[0])
        except Error as error:
            logger.warning("beat cannot reach PostgreSQL", error=type(error).__name__)
            connection.close()
            return False

    @property
    def info(self) -> str:
        return "    . one leader, by PostgreSQL advisory lock"
