"""Matched words are marked, whatever stands around them, and the rest of the text is only escaped."""

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.terms import stems
from search_api.engine.highlighting import mark, wanted_words
from search_api.query.parsing import parse

pytestmark = pytest.mark.unit

# Few letters, so that words are often wanted; with an accent, a digit, and what stands in and between words.
TEXTS = st.text(alphabet="abÁégs1-. (,&'\t_", max_size=24)


def marked(q: str, text: str) -> str:
    return mark(text, wanted_words(parse(q, {})))


@pytest.mark.parametrize(
    ("q", "text", "expected"),
    [
        ("laptop", "HP laptop", "HP <mark>laptop</mark>"),
        ("laptop", "Laptops, (laptop) & more", "<mark>Laptops</mark>, (<mark>laptop</mark>) &amp; more"),
        ("mouse", "Two mice", "Two <mark>mice</mark>"),
        ("cafe", "Grand Café", "Grand <mark>Café</mark>"),
        ("dv71211ea", "HP DV7-1211ea", "HP <mark>DV7-1211ea</mark>"),
        ("1211ea", "HP DV7-1211ea", "HP DV7-<mark>1211ea</mark>"),
        ("laptop", "<b>laptop</b>", "&lt;b&gt;<mark>laptop</mark>&lt;/b&gt;"),
        ("laptop", "laptop\tbag", "<mark>laptop</mark>\tbag"),
        ("15.6", "HP 15-ab123 15.6", "HP 15-ab123 <mark>15.6</mark>"),
        ("15", "HP 15-ab123, 15.6 Full HD", "HP <mark>15</mark>-ab123, 15.6 Full HD"),
        ("2.5", "SSD 2.5, USB 2 and 5 more", "SSD <mark>2.5</mark>, USB 2 and 5 more"),
        ("25", "SSD 2.5", ""),
        ("1,000", "Pack of 1,000, not 1", "Pack of <mark>1,000</mark>, not 1"),
        ("802.11n", "Router 802.11n", "Router <mark>802.11n</mark>"),
        ("startech", "StarTech.com dock", "<mark>StarTech</mark>.com dock"),
        ("8 gb", "RAM 8 GB, 16 GB", "RAM <mark>8 GB</mark>, 16 GB"),
        ("8 gb", "RAM (8GB) DDR3", "RAM (<mark>8GB</mark>) DDR3"),
        ("8gb", "8  GB of 18 GB", "<mark>8  GB</mark> of 18 GB"),
        ("3.5 mm", "Plug 3.5 mm, 3 mm", "Plug <mark>3.5 mm</mark>, 3 mm"),
        (
            "laptop 15.6 inch",
            'HP 15-ab123 15.6" laptop, 15.6-inch, 15.6 in',
            "HP 15-ab123 <mark>15.6&quot;</mark> <mark>laptop</mark>, <mark>15.6-inch</mark>, <mark>15.6 in</mark>",
        ),
        ('15.6"', "HP 15.6inch", "HP <mark>15.6inch</mark>"),
        ("2 inch", "2 in 1 cable", ""),
        ("printer", "HP laptop", ""),
        ("", "HP laptop", ""),
    ],
)
def test_wanted_words_are_marked_and_all_else_is_escaped(q: str, text: str, expected: str) -> None:
    assert marked(q, text) == expected


@given(q=TEXTS, text=TEXTS)
def test_nothing_but_marks_is_added(q: str, text: str) -> None:
    html = marked(q, text)
    assert re.sub("</?mark>", "", html) == (escape(text) if html else "")


@given(wanted=st.lists(st.text(alphabet="abés", min_size=1, max_size=4), min_size=1, max_size=3), text=TEXTS)
def test_every_wanted_word_between_spaces_is_marked(wanted: list[str], text: str) -> None:
    terms = frozenset(term for word in wanted for term in stems(word))
    plain = [word for word in text.split() if word.isalnum() and not terms.isdisjoint(stems(word))]
    assert [word for word in plain if f"<mark>{word}</mark>" not in mark(text, terms)] == []
