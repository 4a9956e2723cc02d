"""Sessions in PostgreSQL that can be changed under a lock."""

import contextlib
from collections.abc import Iterator

from django.contrib.sessions.backends import db
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import transaction


class SessionStore(db.SessionStore):
    """Django's session, with a lock for changes that concurrent requests of a visitor make.

    Django reads a session once and writes all of it after the view: of two concurrent requests
    the later would undo the changes of the earlier.
    """

    _saved_under_lock: bytes | None = None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the session, read it again, and save it if the block modified it.

        Earlier unsaved changes are lost. Raises SessionInterrupted when the session has ended
        since it was read, by signing out or in.
        """
        with transaction.atomic():
            self.items()  # the first read, which drops a key that has no row
            if self.session_key is not None:
                row = self.model.objects.select_for_update().filter(session_key=self.session_key).first()
                if row is None:
                    raise SessionInterrupted("The session ended while it was in use.")
                self._session_cache = self.decode(row.session_data)
            yield
            if self.modified:
                self.save()
                self._saved_under_lock = self._content()

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Save, unless `locked` has saved this content: the middleware saves again, unlocked."""
        if must_create or self._saved_under_lock is None or self._saved_under_lock != self._content():
            super().save(must_create)

    def _content(self) -> bytes:
        content: bytes = self.serializer().dumps(dict(self.items()))
        return content
