"""Schemathesis sends the whole API requests that its schema allows, and some that it does not.

No response is a 500 or has a status, media type or shape that the schema does not name.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import Permission
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from knox.models import get_token_model
from schemathesis import checks

from backend.wsgi import application
from tests.factories import make_product, make_staff, make_stock, make_store

pytestmark = [pytest.mark.service, pytest.mark.django_db]

schema = schemathesis.openapi.from_wsgi("/schema/?format=json", application)
HEADERS = {"Accept-Encoding": "identity"}  # the tool asks for gzip, and cannot read it
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture(autouse=True)
def _connection_stays_open() -> Iterator[None]:
    """Leave the test's transaction open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token() -> str:
    """A token of staff of the first store who also edit products and webhooks: requests pass the permissions."""
    store = make_store(id=1)
    make_stock(store, make_product(id=1), 5)
    staff = make_staff(store)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["products", "webhooks"]))
    token: str = get_token_model().objects.create(user=staff)[1]
    return token


def sending(*phases: Phase, examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,  # every run sends the same requests
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


@schema.parametrize()
@sending(Phase.explicit, Phase.generate, examples=15)
@pytest.mark.parametrize("scheme", ["Token"], ids=["staff"])  # without parameters all operations have one id
def test_operation_conforms_to_its_schema(case: Any, token: str, scheme: str) -> None:
    """Also for the limits of every parameter: staff pass the permissions, so their requests reach the views."""
    case.call_and_validate(headers=HEADERS | {"Authorization": f"{scheme} {token}"}, checks=CHECKS)


@schema.parametrize()
@sending(Phase.generate, examples=8)  # most of them are refused before anything is read
@pytest.mark.parametrize("headers", [HEADERS], ids=["anonymous"])
@pytest.mark.usefixtures("token")
def test_operation_conforms_to_its_schema_for_anonymous_clients(case: Any, headers: dict[str, str]) -> None:
    case.call_and_validate(headers=headers, checks=CHECKS)
