"""The page about the index in the admin."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client, override_settings
from django.utils import timezone

from indexing import client as engine
from indexing import indices
from indexing.models import IndexCheck, SyncState
from tests.broker import BrokerQueue
from tests.factories import make_product
from tests.indexing.conftest import SearchIndex

PAGE = "/admin/indexing/physicalindex/"


@pytest.fixture
def queue() -> Iterator[BrokerQueue]:
    queue = BrokerQueue("indexing")
    yield queue
    queue.clear()


@pytest.fixture
def others() -> Iterator[BrokerQueue]:
    """The queue of everything but sync."""
    queue = BrokerQueue("default")
    yield queue
    queue.clear()


@pytest.fixture
def boss(client: Client, db: None) -> Client:
    del db
    client.force_login(User.objects.create_superuser("boss", password="password"))
    return client


def test_the_page_shows_what_serves_what_waits_and_what_was_refused(index: SearchIndex, boss: Client) -> None:
    pending, refused = make_product(), make_product()
    SyncState.objects.filter(pk=refused.pk).update(error="too long a name", attempts=3)
    IndexCheck.objects.create(
        finished_at=timezone.now(),
        products=41,
        documents=42,
        missing=1,
        stale=2,
        extra=3,
        remaining=0,
        pending=0,
        parked=0,
    )

    answer = boss.get(PAGE)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert index.name in page
    assert "too long a name" in page
    assert f"/admin/indexing/syncstate/{pending.pk}/" not in page
    assert f"/admin/indexing/syncstate/{refused.pk}/" in page
    figures = answer.context["figures"]
    assert (figures.pending, figures.parked, figures.serving) == (2, 1, index.name)


def test_the_page_of_an_index_that_is_lost_says_so_instead_of_failing(index: SearchIndex, boss: Client) -> None:
    indices.delete(index.name)

    answer = boss.get(PAGE)

    assert answer.status_code == 200
    assert "<td>not in OpenSearch</td>" in answer.content.decode()


def test_the_page_without_opensearch_says_that_it_does_not_answer(index: SearchIndex, boss: Client) -> None:
    del index
    with override_settings(OPENSEARCH_HOSTS=["http://127.0.0.1:1"]):
        engine.sync_client.cache_clear()  # a process has one client for its life
        answer = boss.get(PAGE)
    engine.sync_client.cache_clear()

    assert "<td>OpenSearch does not answer</td>" in answer.content.decode()


@pytest.mark.usefixtures("index")
def test_retry_makes_refused_products_due_and_asks_for_a_sync(boss: Client, queue: BrokerQueue) -> None:
    product = make_product()
    SyncState.objects.filter(pk=product.pk).update(error="refused", due_at=timezone.now() + timedelta(hours=1))
    queue.clear()

    boss.post(f"{PAGE}act/retry/")

    assert SyncState.objects.filter(pk=product.pk, due_at__lte=timezone.now()).exists()
    assert queue.tasks() == ["indexing.tasks.sync_index"]


@pytest.mark.parametrize(
    ("button", "task"), [("check", "indexing.tasks.check_index"), ("rebuild", "indexing.tasks.rebuild_index")]
)
def test_a_button_queues_its_task_where_it_keeps_no_sync_waiting(
    boss: Client, queue: BrokerQueue, others: BrokerQueue, button: str, task: str
) -> None:
    boss.post(f"{PAGE}act/{button}/")

    assert (others.tasks(), queue.tasks()) == ([task], [])


def test_who_may_only_look_sees_no_buttons_and_cannot_press_them(db: None, client: Client, others: BrokerQueue) -> None:
    del db
    user = User.objects.create_user("looker", password="password", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_physicalindex"))
    client.force_login(user)

    assert "Rebuild" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}act/rebuild/").status_code == 403
    assert others.tasks() == []


def test_an_unknown_button_is_not_found(boss: Client) -> None:
    assert boss.post(f"{PAGE}act/explode/").status_code == 404
