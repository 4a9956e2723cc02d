"""What in a new OpenAPI schema would break a client that was generated from an old one."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    return [*_Comparison(old, new).changes()]


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self.old, self.new = old, new

    def changes(self) -> Iterator[str]:
        for path, operations in self.old["paths"].items():
            for method in (method for method in METHODS if method in operations):
                where = f"{method.upper()} {path}"
                now = self.new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{where} is gone"
                else:
                    if operations[method]["operationId"] != now["operationId"]:
                        yield f"{where} is called {now['operationId']}, no longer {operations[method]['operationId']}"
                    yield from self._requests(operations[method], now, where)
                    yield from self._responses(operations[method], now, where)

    def _requests(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before, after = _parameters(old), _parameters(new)
        for name, parameter in before.items():
            if name not in after:
                yield f"{where}: the parameter {name} is gone"
            else:
                yield from self._values(parameter["schema"], after[name]["schema"], f"{where}: {name}", sent=True)
        for name, parameter in after.items():
            if parameter.get("required") and not before.get(name, {}).get("required"):
                yield f"{where}: the parameter {name} is required now"
        for kind, body in old.get("requestBody", {}).get("content", {}).items():
            now = new.get("requestBody", {}).get("content", {}).get(kind)
            if now is None:
                yield f"{where}: a body of {kind} is no longer taken"
            else:
                yield from self._values(body["schema"], now["schema"], f"{where}: body", sent=True)

    def _responses(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        for status, response in old["responses"].items():
            if status not in new["responses"]:
                yield f"{where}: the response {status} is gone"
                continue
            for kind, body in response.get("content", {}).items():
                now = new["responses"][status].get("content", {}).get(kind)
                if now is None:
                    yield f"{where}: {status} is no longer {kind}"
                else:
                    yield from self._values(body["schema"], now["schema"], f"{where}: {status}", sent=False)

    def _values(self, old: Schema, new: Schema, where: str, *, sent: bool, seen: tuple[str, ...] = ()) -> Iterator[str]:
        """`sent`: by the client, which must not have to send more; else the client must not receive less."""
        name = old.get("$ref", "")
        if name and name in seen:
            return
        seen = (*seen, name) if name else seen
        old, new = _resolved(self.old, old), _resolved(self.new, new)
        if _type(old) != _type(new):
            yield f"{where} is {_type(new)}, no longer {_type(old)}"
            return
        if lost := [value for value in old.get("enum", ()) if value not in new.get("enum", [value])]:
            yield f"{where} is never {lost} any more"
        if "enum" in new and "enum" not in old and sent:
            yield f"{where} takes only certain values now"
        before, after = old.get("properties", {}), new.get("properties", {})
        for member, schema in before.items():
            if member not in after:
                yield f"{where}.{member} is gone"
            else:
                yield from self._values(schema, after[member], f"{where}.{member}", sent=sent, seen=seen)
        required, required_now = set(old.get("required", ())), set(new.get("required", ()))
        if sent:
            yield from (f"{where}.{member} is required now" for member in sorted(required_now - required))
        else:
            yield from (
                f"{where}.{member} may be missing now" for member in sorted((required - required_now) & after.keys())
            )
        if "items" in old and "items" in new:
            yield from self._values(old["items"], new["items"], f"{where}[]", sent=sent, seen=seen)


def _parameters(operation: Schema) -> dict[str, Schema]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _resolved(document: Schema, schema: Schema) -> Schema:
    """Follow references; one with remarks beside it stands alone in an allOf, and one that may be null in a oneOf."""
    while True:
        alone: list[Schema] = schema.get("allOf") or []
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif len(alone) == 1:
            schema = {**alone[0], **{name: value for name, value in schema.items() if name != "allOf"}}
        else:
            return schema


def _type(schema: Schema) -> str:
    kind = schema.get("type", "anything")
    return f"{kind} or null" if schema.get("nullable") else str(kind)
