class BadCursorError(Exception):
    """The cursor was not issued here, has expired, or belongs to another search."""

    title = "Bad cursor"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.members = {"errors": [{"field": "cursor", "message": message}]}  # of the problem body
