"""The OpenAPI schema, with the errors that any operation may return, and its page."""

import functools
from http import HTTPStatus
from typing import Any, cast

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from backend.api.problems import CONTENT_TYPE

REFERENCE = "#/components/schemas/ProblemDetails"  # made from `foundation.problems`
ALWAYS = (400, 401, 406, 429, 503)
WITH_A_CALLER = (403,)
WITH_A_BODY = (413, 415)
WITH_AN_ID_OR_PAGES = (404,)
OF_READS = (414,)  # in the address are their parameters
METHODS = ("get", "post", "put", "patch", "delete")


class TokenScheme(KnoxTokenScheme):
    """drf-spectacular knows knox's own class but not its subclasses."""

    target_class = "backend.api.tokens.TokenAuthentication"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        del auto_schema
        return {"type": "http", "scheme": "bearer"}


def document_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Hook of drf-spectacular: add the errors that any operation may return."""
    for path, operations in result["paths"].items():
        for method, operation in ((method, operations[method]) for method in METHODS if method in operations):
            responses = operation["responses"]
            possible = list(ALWAYS)
            if any(operation.get("security", [])):
                possible += WITH_A_CALLER
            if method == "get" and operation.get("parameters"):
                possible += OF_READS
            if "requestBody" in operation:
                possible += WITH_A_BODY
            if "{" in path or any(parameter["name"] == "page" for parameter in operation.get("parameters", ())):
                possible += WITH_AN_ID_OR_PAGES
            for status in possible:
                responses.setdefault(str(status), {"description": HTTPStatus(status).phrase})
            for status, response in responses.items():
                if status.isdigit() and int(status) >= HTTPStatus.BAD_REQUEST:
                    # An error is a problem, whatever media type the view's renderer has.
                    content = response.setdefault("content", {})
                    documented = content.pop("application/json", None)
                    content.setdefault(CONTENT_TYPE, documented or {"schema": {"$ref": REFERENCE}})
    return result


@functools.cache
def document(file_format: str) -> bytes:
    """The schema as yaml or json, the same for all callers. Each process makes it once, which takes 0.2 s."""
    generator = SchemaGenerator(api_version=settings.REST_FRAMEWORK["DEFAULT_VERSION"])
    renderer = {each.format: each for each in SchemaView.renderer_classes}[file_format]()
    return cast("bytes", renderer.render(generator.get_schema(public=True), renderer_context={}))


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema: YAML or JSON, by the Accept header or by `?format=`."""

    request: Request

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        renderer = request.accepted_renderer
        name = f"{settings.SPECTACULAR_SETTINGS['TITLE']} ({request.version}).{renderer.format}"
        return HttpResponse(
            document(renderer.format),
            content_type=renderer.media_type + (f"; charset={renderer.charset}" if renderer.charset else ""),
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )

    def get_format_suffix(self, **_: Any) -> str | None:
        return self.request.query_params.get("format")


# Swagger UI styles its elements one by one; it runs no inline script, served like this.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    """Swagger UI, its script in a file of its own, as the content security policy demands."""

    http_method_names = ("get", "head")  # DRF's answer to OPTIONS is no page
