"""What paths of routes may have."""


class AnySku:
    """Any text: web servers decode %2F before Django sees it, and what no SKU may have is reported by the view."""

    regex = r"(?s:.+)"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python
