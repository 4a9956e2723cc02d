class NoTimeLeftError(Exception):
    """The other searches of the request used up its time."""

    title = "No time left"
    wait = 1.0  # s

    def __init__(self) -> None:
        super().__init__("The searches before this one took all the time. Send it again, with fewer others.")


class BadCursorError(Exception):
    """The cursor was not issued here, has expired, or belongs to another search."""

    title = "Bad cursor"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.members = {"errors": [{"field": "cursor", "code": "invalid", "message": message}]}  # of the problem body


class TooManyCursorsError(Exception):
    """The caller, or all callers together, have opened as many views of the index as are allowed."""

    title = "Too many cursors"
    wait = 60.0  # s; OpenSearch closes a view that was not read for five minutes

    def __init__(self) -> None:
        super().__init__("Too many cursors are open. Read one to its last page, or wait until some have expired.")
