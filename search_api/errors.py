"""What can go wrong in a search, in the words of the domain."""


class SearchError(Exception):
    """A search that cannot be answered as it was asked; `members` go into the problem body."""

    title = "Search refused"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.members = {"errors": [{"field": field, "message": message}]}


class BadCursorError(SearchError):
    """The cursor is not one of ours, has expired, or belongs to another search."""

    title = "Bad cursor"

    def __init__(self, message: str) -> None:
        super().__init__("cursor", message)
