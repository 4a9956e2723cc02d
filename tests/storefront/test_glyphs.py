"""A category has an icon that its name or its parent's name suggests."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from storefront.glyphs import DEFAULT, GLYPHS, glyph_for
from storefront.templatetags.shop import ICONS


@pytest.mark.parametrize(
    ("path", "glyph"),
    [
        ("Computers > Laptops", "laptop"),
        ("Computers > Bags & Backpacks", "backpack"),
        ("Computers > Refurbished", "cpu"),
        ("Assorted", DEFAULT),
        ("", DEFAULT),
    ],
)
def test_icon_comes_from_the_last_name_with_a_known_word(path: str, glyph: str) -> None:
    assert glyph_for(path) == glyph


def test_every_icon_is_in_the_sprite() -> None:
    sprite = Path(str(finders.find(ICONS))).read_text()
    assert [glyph for glyph in (DEFAULT, *GLYPHS) if f'id="{glyph}"' not in sprite] == []
