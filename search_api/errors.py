"""Errors of search."""


class SearchError(Exception):
    """A request that search refuses; `members` go into the problem body."""

    title = "Search refused"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.members = {"errors": [{"field": field, "message": message}]}


class BadCursorError(SearchError):
    """The cursor was not issued here, has expired, or belongs to another search."""

    title = "Bad cursor"

    def __init__(self, message: str) -> None:
        super().__init__("cursor", message)
