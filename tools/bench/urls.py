"""The project's routes, and a POST that shows what an order costs before it is placed."""

import uuid
from typing import Any

from django.urls import include, path
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from orders.views import ORDER_INPUT, OrderList


class Nothing(OrderList):
    """Everything that an order needs over HTTP, except placing it."""

    def post(self, request: Request) -> Response:
        order = ORDER_INPUT.run_validation(request.data)
        answer: dict[str, Any] = {"id": uuid.uuid4(), "status": "CONFIRMED", **order}
        return Response(answer, status=status.HTTP_201_CREATED)


urlpatterns = [path("bench/nothing/", Nothing.as_view()), path("", include("backend.urls"))]
