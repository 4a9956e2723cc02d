import html
import re
from typing import Any

from django.http import HttpResponse


def text_of(response: HttpResponse | Any) -> str:
    """The visible text of a page on one line."""
    words = re.sub(r"<(script|style|svg).*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(words).split())


def names_on(response: HttpResponse | Any) -> list[str]:
    """The product names of a results page, in order."""
    found = re.findall(r'<h3 class="tile-name".*?<a [^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    return [html.unescape(re.sub(r"</?mark>", "", name)) for name in found]
