"""`backend.api.problems` gives the errors of the API their HTTP status."""

from typing import Any


class FileRefusedError(Exception):
    """The whole file is not valid. Nothing of it was saved."""


class WriteError(Exception):
    """A product was not written. `result` is what a bulk request answers for it."""

    result: str
    members: dict[str, Any]

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.members = members


class InvalidProductError(WriteError):
    """`faults` is field -> message."""

    title = "Invalid product"
    result = "invalid"

    def __init__(self, faults: dict[str, str]) -> None:
        detail = "; ".join(f"{field}: {message}" for field, message in faults.items())
        super().__init__(
            detail, errors=[{"field": field, "code": "invalid", "message": faults[field]} for field in faults]
        )


class NoSuchProductError(WriteError):
    title = "Not Found"
    result = "missing"

    def __init__(self, sku: str) -> None:
        super().__init__(f"There is no product with the SKU {sku!r}.")


class ProductChangedError(WriteError):
    """The product is not in the state that the writer expects.

    `current` is the ETag of its state now; None when there is no such product.
    """

    title = "Precondition Failed"
    result = "changed"

    def __init__(self, current: str | None) -> None:
        now = f"its ETag is now {current}" if current else "there is no such product"
        super().__init__(f"The product is not in the state that the request expects: {now}.", etag=current)


class MayNotCreateError(WriteError):
    title = "Forbidden"
    result = "forbidden"

    def __init__(self) -> None:
        super().__init__("You may change products, but not create them.")
