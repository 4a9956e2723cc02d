"""Is the process alive, and can it serve. Only PostgreSQL is required; what else is away is told as degraded."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    del request
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, 503 when PostgreSQL cannot be reached."""
    del request
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return JsonResponse({"status": "unavailable", "postgresql": str(error)}, status=503)
    return JsonResponse({"status": "ok", "postgresql": "ok"})
