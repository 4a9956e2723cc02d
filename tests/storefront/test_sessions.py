"""A session that is changed under the lock of its row."""

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session

from storefront.sessions import SessionStore

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def kept(**content: str) -> SessionStore:
    """As another request finds it."""
    session = SessionStore()
    session.update(content)
    session.save()
    return SessionStore(session.session_key)


def test_session_that_ended_since_it_was_read_is_not_begun_again() -> None:
    session = kept(city="York")
    assert session["city"] == "York"
    Session.objects.all().delete()
    with pytest.raises(SessionInterrupted), session.held():
        session["city"] = "Leeds"
    assert not Session.objects.exists()


def test_what_is_changed_after_the_lock_is_saved_too() -> None:
    session = kept(city="York")
    with session.held():
        session["city"] = "Leeds"
    session["name"] = "Ada"
    session.save()
    assert dict(SessionStore(session.session_key).items()) == {"city": "Leeds", "name": "Ada"}


def test_saving_again_what_was_saved_under_the_lock_undoes_nobody_else() -> None:
    session = kept(city="York")
    with session.held():
        session["city"] = "Leeds"
    other = SessionStore(session.session_key)
    with other.held():
        other["city"] = "Bath"
    session.save()
    assert SessionStore(session.session_key)["city"] == "Bath"
