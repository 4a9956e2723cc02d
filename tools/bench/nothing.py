"""An order that is parsed, checked and answered, but not placed."""

import uuid
from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from orders.views import ORDER_INPUT, OrderList


class Nothing(OrderList):
    """Everything that `OrderList` does around placing: authentication, throttling, parsing, validation, rendering."""

    def post(self, request: Request) -> Response:
        order = ORDER_INPUT.run_validation(request.data)
        answer: dict[str, Any] = {"id": uuid.uuid4(), "status": "CONFIRMED", **order}
        return Response(answer, status=status.HTTP_201_CREATED)
