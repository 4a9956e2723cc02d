"""Sessions in PostgreSQL, whose row can be held while something in it changes."""

import contextlib
from collections.abc import Iterator

from django.contrib.sessions.backends import db
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import transaction


class SessionStore(db.SessionStore):
    """Django's, and a way to change what another request of the visitor may be changing at the same time.

    Django reads a session once and writes the whole of it after the view: the later of two requests undoes the earlier.
    """

    _written: bytes | None = None

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """The session as it is now, nobody else's until the change is saved. What was changed before is read over.

        Raises SessionInterrupted when the session ended since it was read, by signing out or in.
        """
        with transaction.atomic():
            self._read_again()
            yield
            if self.modified:
                self.save()
                self._written = self._content()

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Write it, unless `held` wrote just that: the middleware saves once more, without the lock, for the cookie."""
        if must_create or self._written is None or self._written != self._content():
            super().save(must_create)

    def _read_again(self) -> None:
        self.items()  # reads it once, which drops a key that has no row
        if self.session_key is None:
            return
        row = self.model.objects.select_for_update().filter(session_key=self.session_key).first()
        if row is None:
            raise SessionInterrupted("The session ended while it was in use.")
        self._session_cache = self.decode(row.session_data)

    def _content(self) -> bytes:
        content: bytes = self.serializer().dumps(dict(self.items()))
        return content
