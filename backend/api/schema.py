"""The API's documentation: what its schema says of errors, and the schema as a page."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from backend.api.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details. Some errors have further members.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
ALWAYS = (400, 406, 429, 503)
WITH_A_BODY = (413, 415)
WITH_AN_ID_OR_PAGES = (404,)
METHODS = ("get", "post", "put", "patch", "delete")


class TokenScheme(KnoxTokenScheme):
    """drf-spectacular knows knox's own class and, unless told, none made from it."""

    target_class = "backend.api.tokens.TokenAuthentication"


def document_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Hook of drf-spectacular: name the errors that any operation can answer with, beside those that its view names."""
    result.setdefault("components", {}).setdefault("schemas", {})["ProblemDetails"] = PROBLEM
    for path, operations in result["paths"].items():
        for operation in (operations[method] for method in METHODS if method in operations):
            for status in _possible(path, operation):
                operation["responses"].setdefault(str(status), _response(status))
            _as_problems(operation["responses"])
    return result


def _possible(path: str, operation: dict[str, Any]) -> Iterator[int]:
    yield from ALWAYS
    if any(scheme for scheme in operation.get("security", [])):
        yield from (401, 403)
    if "requestBody" in operation:
        yield from WITH_A_BODY
    if "{" in path or any(parameter["name"] == "page" for parameter in operation.get("parameters", ())):
        yield from WITH_AN_ID_OR_PAGES


def _response(status: int) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {CONTENT_TYPE: {"schema": {"$ref": REFERENCE}}}}


REFERENCE = "#/components/schemas/ProblemDetails"


def _as_problems(responses: dict[str, Any]) -> None:
    """Errors that a view documents are problems as well, whatever media type its renderer has."""
    for status, response in responses.items():
        if status.isdigit() and int(status) >= HTTPStatus.BAD_REQUEST:
            content = response.get("content", {})
            described = content.pop("application/json", None)
            content.setdefault(CONTENT_TYPE, described or {"schema": {"$ref": REFERENCE}})
            response["content"] = content


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema: YAML or JSON, by the Accept header or by `?format=`."""

    request: Request

    def get_format_suffix(self, **_: Any) -> str | None:
        return self.request.query_params.get("format")


# Swagger UI styles its elements one by one; it runs no inline script, served like this.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    """Swagger UI, its script in a file of its own, as the content security policy demands."""
