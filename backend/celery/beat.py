"""Celery's beat, of which any number may run and one sends the tasks.

The leader holds a PostgreSQL advisory lock. When it ends, another one takes over within a second or
two: PostgreSQL releases the lock by itself when its holder is killed or loses its connection.
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

    _leads = False
    _checked = float("-inf")

    def setup_schedule(self) -> None:
        self.install_default_entries(self.schedule)
        self.update_from_dict(self.app.conf.beat_schedule)
        logger.info("beat: Starting")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send the tasks that are due, if this is the leader; the seconds until the next call."""
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
        led = self._leads
        try:
            with connection.cursor() as cursor:
                # The leader only checks that the connection that holds its lock still lives.
                cursor.execute("SELECT 1" if led else f"SELECT pg_try_advisory_lock({LOCK})::int")
                self._leads = bool(cursor.fetchone()[0])
        except Error as error:
            logger.warning("beat cannot reach PostgreSQL", error=type(error).__name__)
            connection.close()
            self._leads = False
        if self._leads != led:
            logger.info("beat leads" if self._leads else "beat no longer leads")
        return self._leads

    @property
    def info(self) -> str:
        return "    . one leader, by PostgreSQL advisory lock"
