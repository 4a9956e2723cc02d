from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

LIKE_DRF = orjson.OPT_UTC_Z  # times as 2026-11-23T06:30:00Z


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be rendered as JSON")


class OrjsonRenderer(BaseRenderer):
    """JSON by orjson; Decimal as text, so that money never becomes a float."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The data as UTF-8 JSON; no bytes for None."""
        del accepted_media_type, renderer_context
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=_as_text, option=LIKE_DRF)
        except orjson.JSONEncodeError:  # maybe a key that is not text; to always allow those takes twice as long
            return orjson.dumps(data, default=_as_text, option=LIKE_DRF | orjson.OPT_NON_STR_KEYS)
