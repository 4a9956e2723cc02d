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
def default_queue() -> Iterator[BrokerQueue]:
    """The queue of every task except sync."""
    queue = BrokerQueue("default")
    yield queue
    queue.clear()


def test_page_shows_the_serving_index_and_pending_and_refused_products(
    index: SearchIndex, admin_client: Client
) -> None:
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

    response = admin_client.get(PAGE)

    page = response.content.decode()
    assert response.status_code == 200
    assert index.name in page
    assert "too long a name" in page
    assert f"/admin/indexing/syncstate/{pending.pk}/" not in page
    assert f"/admin/indexing/syncstate/{refused.pk}/" in page
    figures = response.context["figures"]
    assert (figures.pending, figures.parked, figures.serving) == (2, 1, index.name)


def test_page_reports_a_missing_index(index: SearchIndex, admin_client: Client) -> None:
    indices.delete(index.name)

    response = admin_client.get(PAGE)

    assert response.status_code == 200
    assert "<td>not in OpenSearch</td>" in response.content.decode()


def test_page_reports_that_opensearch_does_not_answer(index: SearchIndex, admin_client: Client) -> None:
    del index
    with override_settings(OPENSEARCH_HOSTS=["http://127.0.0.1:1"]):
        engine.sync_client.cache_clear()  # a process has one client for its life
        response = admin_client.get(PAGE)
    engine.sync_client.cache_clear()

    assert "<td>OpenSearch does not answer</td>" in response.content.decode()


@pytest.mark.usefixtures("index")
def test_retry_makes_refused_products_due_and_queues_a_sync(admin_client: Client, queue: BrokerQueue) -> None:
    product = make_product()
    SyncState.objects.filter(pk=product.pk).update(error="refused", due_at=timezone.now() + timedelta(hours=1))
    queue.clear()

    admin_client.post(f"{PAGE}act/retry/")

    assert SyncState.objects.filter(pk=product.pk, due_at__lte=timezone.now()).exists()
    assert queue.tasks() == ["indexing.tasks.sync_index"]


@pytest.mark.parametrize(
    ("button", "task"), [("check", "indexing.tasks.check_index"), ("rebuild", "indexing.tasks.rebuild_index")]
)
def test_long_task_of_a_button_is_not_in_the_queue_of_sync(
    admin_client: Client, queue: BrokerQueue, default_queue: BrokerQueue, button: str, task: str
) -> None:
    admin_client.post(f"{PAGE}act/{button}/", {"confirmed": "yes"})

    assert (default_queue.tasks(), queue.tasks()) == ([task], [])


def test_rebuild_begins_only_after_it_was_confirmed(admin_client: Client, default_queue: BrokerQueue) -> None:
    asked = admin_client.post(f"{PAGE}act/rebuild/")

    assert "takes minutes for a large catalogue" in asked.content.decode()
    assert 'name="confirmed"' in asked.content.decode()
    assert default_queue.tasks() == []


def test_user_with_view_permission_only_gets_no_buttons_and_403(
    db: None, client: Client, default_queue: BrokerQueue
) -> None:
    del db
    user = User.objects.create_user("viewer", password="password", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_physicalindex"))
    client.force_login(user)

    assert "Rebuild" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}act/rebuild/").status_code == 403
    assert default_queue.tasks() == []


def test_unknown_action_is_not_found(admin_client: Client) -> None:
    assert admin_client.post(f"{PAGE}act/explode/").status_code == 404
