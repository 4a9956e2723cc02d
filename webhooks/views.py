"""The webhook endpoints, for staff and service accounts with the permissions of the admin."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.fields import BIGGEST_ID
from foundation.pagination import ById
from foundation.parameters import StrictParameters
from webhooks import schema, selectors, services
from webhooks.models import Delivery, Subscription
from webhooks.permissions import CHANGE, SEND, MayManageWebhooks
from webhooks.serializers import (
    DeliveriesQuery,
    DeliverySerializer,
    NewSecretSerializer,
    RotationInput,
    SubscriptionInput,
    SubscriptionSerializer,
)
from webhooks.services import NewSecret


class ManagesWebhooks(StrictParameters):
    permission_classes = (MayManageWebhooks,)
    permissions_of: ClassVar[dict[str, tuple[str, ...]]] = {}


@extend_schema_view(get=extend_schema(**schema.LIST))
class SubscriptionList(ManagesWebhooks, generics.ListAPIView[Subscription]):
    serializer_class = SubscriptionSerializer
    queryset = Subscription.objects.all()

    @extend_schema(**schema.CREATE)
    def post(self, request: Request) -> Response:
        body = _valid(SubscriptionInput(data=request.data))
        new = services.create_subscription(created_by_id=request.user.pk, **body)
        return _with_secret(new, status.HTTP_201_CREATED)


class SubscriptionDetail(ManagesWebhooks):
    @extend_schema(**schema.SHOW)
    def get(self, request: Request, subscription_id: int) -> Response:
        del request
        return Response(SubscriptionSerializer(_subscription(subscription_id)).data)

    @extend_schema(**schema.CHANGE)
    def patch(self, request: Request, subscription_id: int) -> Response:
        body = _valid(SubscriptionInput(data=request.data, partial=True))
        subscription = _subscription(subscription_id)
        changed = services.change_subscription(subscription_id=subscription.pk, **body)
        return Response(SubscriptionSerializer(changed).data)

    @extend_schema(**schema.DELETE)
    def delete(self, request: Request, subscription_id: int) -> Response:
        del request
        services.delete_subscription(subscription_id=_subscription(subscription_id).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SecretRotation(ManagesWebhooks):
    permissions_of: ClassVar = {"POST": (CHANGE,)}

    @extend_schema(**schema.ROTATE)
    def post(self, request: Request, subscription_id: int) -> Response:
        hours = _valid(RotationInput(data=request.data)).get("overlap_hours")
        overlap = None if hours is None else timedelta(hours=hours)
        new = services.rotate_secret(subscription_id=_subscription(subscription_id).pk, overlap=overlap)
        return _with_secret(new, status.HTTP_200_OK)


class TestEvent(ManagesWebhooks):
    permissions_of: ClassVar = {"POST": (SEND,)}

    @extend_schema(**schema.TEST)
    def post(self, request: Request, subscription_id: int) -> Response:
        del request
        delivery = services.send_test(subscription_id=_subscription(subscription_id).pk)
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)


@extend_schema_view(get=extend_schema(**schema.LIST_DELIVERIES))
class DeliveryList(ManagesWebhooks, generics.ListAPIView[Delivery]):
    parameters_class = DeliveriesQuery
    pagination_class = ById
    serializer_class = DeliverySerializer
    queryset = Delivery.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Delivery]:
        return selectors.deliveries_of(_subscription(self.kwargs["subscription_id"]).pk, **self.parameters)


class Redelivery(ManagesWebhooks):
    permissions_of: ClassVar = {"POST": (SEND,)}

    @extend_schema(**schema.REDELIVER)
    def post(self, request: Request, subscription_id: int, delivery_id: int) -> Response:
        del request
        found = selectors.deliveries_of(_subscription(subscription_id).pk).filter(pk=_id(delivery_id))
        if not found.exists():
            raise Http404("There is no such delivery.")
        return Response({"redelivered": services.redeliver(found)}, status=status.HTTP_202_ACCEPTED)


class ParkedRedelivery(ManagesWebhooks):
    permissions_of: ClassVar = {"POST": (SEND,)}

    @extend_schema(**schema.REDELIVER_PARKED)
    def post(self, request: Request, subscription_id: int) -> Response:
        del request
        found = selectors.deliveries_of(_subscription(subscription_id).pk, state=Delivery.State.PARKED.value)
        return Response({"redelivered": services.redeliver(found)}, status=status.HTTP_202_ACCEPTED)


def _id(number: int) -> int:
    """The id, or 0, which no row has, for one that is too large for PostgreSQL."""
    return number if number <= BIGGEST_ID else 0


def _subscription(subscription_id: int) -> Subscription:
    subscription = Subscription.objects.filter(pk=_id(subscription_id)).first()
    if subscription is None:
        raise Http404("There is no such subscription.")
    return subscription


def _valid(body: SubscriptionInput | RotationInput) -> dict[str, Any]:
    body.is_valid(raise_exception=True)
    valid: dict[str, Any] = body.validated_data
    return valid


def _with_secret(new: NewSecret, code: int) -> Response:
    new.subscription.secret = new.secret  # instead of the encrypted one
    return Response(NewSecretSerializer(new.subscription).data, status=code, headers={"Cache-Control": "no-store"})
