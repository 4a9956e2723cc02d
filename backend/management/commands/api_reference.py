from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from drf_spectacular.generators import SchemaGenerator

from backend.api.reference import MARK, reference

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "api.md"


def written() -> str:
    """The document as it should be: what people wrote, then the reference."""
    by_hand = DOCUMENT.read_text(encoding="utf-8").partition(MARK)[0]
    return f"{by_hand}{MARK}\n\n{reference(SchemaGenerator().get_schema(public=True))}"


class Command(BaseCommand):
    help = "Write the reference part of docs/api.md from the API itself."

    def handle(self, *_: Any, **__: Any) -> None:
        DOCUMENT.write_text(written(), encoding="utf-8")
        self.stdout.write(f"{DOCUMENT}: written")
