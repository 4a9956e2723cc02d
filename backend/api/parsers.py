from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

# Levels of lists and objects: ours need six. Python gives up at about a thousand, in code that writes or compares them.
MOST_NESTED = 50


class PayloadTooLargeError(APIException):
    """The body has more bytes than DATA_UPLOAD_MAX_MEMORY_SIZE."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."
    default_code = "payload_too_large"


class OrjsonParser(BaseParser):
    """JSON by orjson: strict (no NaN, no lone surrogates, only UTF-8), bounded in size and depth."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body's data. Reads no more than the limit, whatever the client declares or sends.

        A view with larger bodies has its own `max_body_size`, in bytes.
        """
        del media_type
        view = (parser_context or {}).get("view")
        limit = getattr(view, "max_body_size", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        # The web server passes on only the beginning of a body that is far too large.
        declared = str(request.META.get("CONTENT_LENGTH")) if (request := (parser_context or {}).get("request")) else ""
        body = stream.read(limit + 1)
        if len(body) > limit or (declared.isdecimal() and int(declared) > limit):
            raise PayloadTooLargeError(f"The body is larger than {limit} bytes.")
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}") from error
        # Few bodies have so many brackets that it is worth a look.
        if body.count(b"[") + body.count(b"{") > MOST_NESTED and _is_deeper_than(MOST_NESTED, data):
            raise ParseError(f"The body has lists and objects in more than {MOST_NESTED} levels.")
        return data


def _is_deeper_than(levels: int, data: Any) -> bool:
    level = [data]
    for _ in range(levels):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
    return any(isinstance(each, dict | list) for each in level)
