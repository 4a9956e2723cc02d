"""The API reference in docs/api.md, written from the OpenAPI schema: what stands below its mark is never edited."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import orjson

MARK = "<!-- From here on written by `manage.py api_reference`. -->"
METHODS = ("get", "post", "put", "patch", "delete")
SIGNED_IN = {"knoxApiToken": "a token", "cookieAuth": "a session"}
Schema = Mapping[str, Any]


def reference(document: Schema) -> str:
    """Every operation of the schema, as Markdown."""
    shapes = document["components"]["schemas"]
    sections = [
        _operation(path, method, operations[method], shapes)
        for path, operations in sorted(document["paths"].items())
        for method in METHODS
        if method in operations
    ]
    return "\n\n".join(sections) + "\n"


def _operation(path: str, method: str, operation: Schema, shapes: Schema) -> str:
    title = operation.get("summary") or operation["description"].rstrip(".")
    parts = [f"## {title}\n\n`{method.upper()} {path}`, {_callers(operation)}."]
    if operation.get("summary"):
        parts.append(operation["description"])
    parts += _parameters(operation.get("parameters", ()))
    if "requestBody" in operation:
        parts += _body("Body", operation["requestBody"], shapes)
    parts += _answers(operation["responses"], shapes)
    return "\n\n".join(parts)


def _callers(operation: Schema) -> str:
    ways = [SIGNED_IN[name] for way in operation.get("security", ()) for name in way]
    if not ways:
        return "for anybody"
    open_too = ", or without either" if {} in operation["security"] else ""
    return f"signed in by {' or '.join(ways)}{open_too}"


def _parameters(parameters: Any) -> list[str]:
    rows = [
        f"| `{one['name']}` | {one['in']} | {_type(one['schema'])} | {_meaning(one, one['schema'])} |"
        for one in parameters
    ]
    return ["\n".join(["| parameter | in | type | meaning |", "|---|---|---|---|", *rows])] if rows else []


def _answers(responses: Schema, shapes: Schema) -> list[str]:
    """The good ones with their fields; of the others those that say more than every operation may answer."""
    parts = []
    for status, response in sorted(responses.items()):
        if status < "300":
            parts += _body(f"{status} {response['description']}".strip(), response, shapes)
    rows = [
        f"| {status} | {response['description']} |"
        for status, response in sorted(responses.items())
        if status >= "300" and response["description"] != HTTPStatus(int(status)).phrase
    ]
    if rows:
        parts.append("\n".join(["| otherwise | |", "|---|---|", *rows]))
    return parts


def _body(title: str, holder: Schema, shapes: Schema) -> list[str]:
    content = next(iter(holder.get("content", {}).values()), None)
    if content is None:
        return [f"**{title}** (no content)"]
    rows = [f"| `{name}` | {kind} | {meaning} |" for name, kind, meaning in _fields("", content["schema"], shapes)]
    parts = [f"**{title}**", "\n".join(["| field | type | meaning |", "|---|---|---|", *rows])]
    for example in content.get("examples", {}).values():
        shown = orjson.dumps(example["value"], option=orjson.OPT_INDENT_2).decode()
        parts.append(f"```json\n{shown}\n```")
    return parts


def _fields(prefix: str, schema: Schema, shapes: Schema) -> Iterator[tuple[str, str, str]]:
    """Name, type and meaning of every field, those inside others as `outer.inner` and `list[].inner`."""
    schema = _resolved(schema, shapes)
    required = schema.get("required", ())
    for name, written in schema.get("properties", {}).items():
        field = _resolved(written, shapes)
        inner = _resolved(field.get("items", field), shapes)
        path = f"{prefix}{name}"
        optional = "" if name in required else "optional"
        yield path, _type(field, shapes), ". ".join(filter(None, [optional, _meaning(field, field)]))
        yield from _fields(f"{path}{'[]' if 'items' in field else ''}.", inner, shapes)


def _resolved(schema: Schema, shapes: Schema) -> Schema:
    """What a reference refers to, with what is said beside it."""
    for part in (schema, *schema.get("allOf", ())):
        if "$ref" in part:
            return {**shapes[part["$ref"].rpartition("/")[2]], **{k: v for k, v in schema.items() if k == "nullable"}}
    return schema


def _type(schema: Schema, shapes: Schema | None = None) -> str:
    if "oneOf" in schema:
        kind = " or ".join(_type(one) for one in schema["oneOf"])
    elif "enum" in schema:
        kind = ", ".join(f"`{value}`" for value in schema["enum"])
    elif "items" in schema:
        kind = f"list of {_type(_resolved(schema['items'], shapes or {}), shapes)}"
    else:
        kind = schema["format"] if schema.get("format") in SAID_BETTER else schema.get("type", "any")
    return f"{kind} or null" if schema.get("nullable") else str(kind)


SAID_BETTER = {"date", "date-time", "decimal", "email", "uuid"}
LARGEST = 10**9  # a limit beyond it is the database's, and of no interest to callers


def _meaning(holder: Schema, schema: Schema) -> str:
    said = "" if "enum" in schema else " ".join(holder.get("description", "").split())
    limits = [
        f"{word} {schema[key]:,}{unit}"
        for key, word, unit in (
            ("minimum", "at least", ""),
            ("maximum", "at most", ""),
            ("maxLength", "at most", " characters"),
            ("maxItems", "at most", ""),
        )
        if key in schema and abs(schema[key]) <= LARGEST
    ]
    default = schema.get("default")
    if default not in (None, ""):
        limits.append(f"`{default}` when left out")
    return ". ".join(filter(None, [said.rstrip("."), "; ".join(limits)])).replace("|", "\\|")
