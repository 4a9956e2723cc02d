"""Delivers what is due: claims deliveries, sends them and records the answers. Any number of workers may do it at once.

One process has many attempts in flight, so a slow receiver delays no other. No row lock is held
while a receiver works. A worker may die at any point: what it did not record is due again when its
lease ends, under the same id.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic
from typing import cast

from webhooks import claims, payloads, signing
from webhooks.claims import Claimed
from webhooks.errors import UnreadableSecretError
from webhooks.models import public_id_of
from webhooks.sending import Answer, Message, Sender
from webhooks.signals import attempted

logger = logging.getLogger(__name__)

AT_ONCE = 256  # attempts in flight of one process
LOOK_EVERY = 0.1  # s, while nothing is due
LONGEST_RUN = 60.0  # s; a run that is never idle ends, and the next task continues
LONGEST_CLAIMING = 600.0  # s; then nothing more is claimed, so that a run ends although attempts are always in flight


@dataclass(slots=True)
class Totals:
    """Attempts of a run."""

    delivered: int = 0
    failed: int = 0


def deliver_due(linger: float = 0.0) -> Totals:
    """Deliver everything that is due, and look for more for `linger` seconds."""
    with closing(Sender()) as sender:
        return _Run(sender).until_idle(linger)


@dataclass(slots=True)
class _Run:
    _sender: Sender
    _totals: Totals = field(default_factory=Totals)
    _began: float = field(default_factory=monotonic)

    def until_idle(self, linger: float) -> Totals:
        next_look = 0.0
        while True:
            now = monotonic()
            if now >= next_look and self._may_claim(now):
                found = self._claim()
                next_look = 0.0 if found else now + LOOK_EVERY
            if self._sender.in_flight:
                finished = self._sender.finished(LOOK_EVERY)
                self._save([(cast("Claimed", key), answer) for key, answer in finished])
                if finished:
                    next_look = 0.0  # there is room for more, and the next events of the same subjects
            elif now - self._began >= linger or not self._may_claim(now):
                return self._totals
            else:
                time.sleep(max(0.0, min(next_look - now, LOOK_EVERY)))

    def _may_claim(self, now: float) -> bool:
        age = now - self._began
        too_old = age > LONGEST_CLAIMING or (age > LONGEST_RUN and not self._sender.in_flight)
        return not too_old

    def _claim(self) -> bool:
        room = AT_ONCE - self._sender.in_flight
        claimed = claims.claim(room) if room > 0 else []
        unsendable = []
        for one in claimed:
            try:
                message = message_of(one)
            except UnreadableSecretError as error:
                unsendable.append((one, Answer(None, str(error))))
                continue
            if monotonic() < one.deadline:
                self._sender.start(one, message)
        self._save(unsendable)
        return bool(claimed)

    def _save(self, outcomes: list[tuple[Claimed, Answer]]) -> None:
        if not outcomes:
            return
        claims.record(outcomes)
        for claimed, answer in outcomes:
            self._totals.failed += bool(answer.error)
            self._totals.delivered += not answer.error
            attempted.send_robust(sender=None, kind=claimed.kind, delivered=not answer.error, seconds=answer.seconds)
            if answer.error:
                logger.info("delivery %s, attempt %s failed: %s", claimed.id, claimed.attempt, answer.error)


def message_of(claimed: Claimed, clock: Callable[[], float] = time.time) -> Message:
    """The signed message. UnreadableSecretError."""
    body = payloads.body_of(claimed.kind, claimed.created_at, claimed.data)
    message_id = public_id_of(claimed.event_uid)
    return Message(claimed.url, signing.headers(claimed.secrets, message_id, int(clock()), body), body)
