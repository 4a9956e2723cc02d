import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session

from storefront.sessions import SessionStore

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def saved_session(**content: str) -> SessionStore:
    """A session with this content, as another request finds it."""
    session = SessionStore()
    session.update(content)
    session.save()
    return SessionStore(session.session_key)


def test_session_that_has_ended_is_not_created_again() -> None:
    session = saved_session(city="York")
    assert session["city"] == "York"
    Session.objects.all().delete()
    with pytest.raises(SessionInterrupted), session.locked():
        session["city"] = "Leeds"
    assert not Session.objects.exists()


def test_changes_after_the_lock_are_saved_too() -> None:
    session = saved_session(city="York")
    with session.locked():
        session["city"] = "Leeds"
    session["name"] = "Ada"
    session.save()
    assert dict(SessionStore(session.session_key).items()) == {"city": "Leeds", "name": "Ada"}


def test_saving_the_same_content_again_does_not_undo_another_request() -> None:
    session = saved_session(city="York")
    with session.locked():
        session["city"] = "Leeds"
    other = SessionStore(session.session_key)
    with other.locked():
        other["city"] = "Bath"
    session.save()
    assert SessionStore(session.session_key)["city"] == "Bath"
