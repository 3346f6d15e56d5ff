"""The OpenAPI document as something to read: calls in groups, each with its fields and answers."""

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """`level` is how deep it lies in the body; `kind` is its JSON type, with limits."""

    name: str
    kind: str
    required: bool
    level: int
    description: SafeString

    @property
    def shown_name(self) -> str:
        return "· " * self.level + self.name


@dataclass(frozen=True)
class Outcome:
    status: str
    description: SafeString


@dataclass(frozen=True)
class Call:
    anchor: str
    method: str
    path: str
    summary: str
    description: SafeString
    scope: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    outcomes: list[Outcome]


@dataclass(frozen=True)
class Group:
    name: str
    description: str
    calls: list[Call]


def list_calls(document: dict[str, Any]) -> list[Group]:
    calls = [
        (operation["tags"][0], _call(document, path, method, operation))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    ]
    return [
        Group(tag["name"], tag["description"], [call for name, call in calls if name == tag["name"]])
        for tag in document["tags"]
    ]


def _call(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Call:
    scopes = [scope for needed in operation.get("security", []) for scope in needed["api_key"]]
    answers = operation["responses"]
    done = next(status for status in answers if status.startswith("2"))
    return Call(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=with_code(operation["description"]),
        scope=", ".join(scopes),
        parameters=[_parameter(document, one) for one in operation.get("parameters", [])],
        body=_fields(document, _schema(operation.get("requestBody")), 0),
        answer=_fields(document, _schema(answers[done]), 0),
        outcomes=[Outcome(status, with_code(answer.get("description", ""))) for status, answer in answers.items()],
    )


def _schema(content: dict[str, Any] | None) -> dict[str, Any]:
    media = (content or {}).get("content", {}).get("application/json", {})
    schema: dict[str, Any] = media.get("schema", {})
    return schema


def _parameter(document: dict[str, Any], parameter: dict[str, Any]) -> Field:
    schema = parameter["schema"]
    told = _told(schema) or with_code(parameter.get("description", ""))
    return Field(parameter["name"], _kind(document, schema), parameter.get("required", False), 0, told)


def _fields(document: dict[str, Any], schema: dict[str, Any], level: int) -> list[Field]:
    """The fields of an object and of the objects in it, in reading order."""
    fields: list[Field] = []
    for kind in _objects(document, schema):
        required = kind.get("required", [])
        for name, inner in kind.get("properties", {}).items():
            fields.append(Field(name, _kind(document, inner), name in required, level, _told(inner)))
            if level < 2:
                fields += _fields(document, inner, level + 1)
    return fields


def _objects(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in schema:
        return _objects(document, _resolved(document, schema))
    if schema.get("type") == "array":
        return _objects(document, schema["items"])
    if parts := schema.get("oneOf") or schema.get("anyOf"):
        return [found for part in parts for found in _objects(document, part)]
    return [schema] if "properties" in schema else []


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].rsplit("/", 1)[-1]
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return "object"
    if parts := schema.get("oneOf") or schema.get("anyOf"):
        # That an optional field may be null too is no news to anybody.
        kinds = dict.fromkeys(_kind(document, part) for part in parts if part.get("type") != "null")
        return " or ".join(kinds)
    if "enum" in schema:
        return " or ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"array of {_kind(document, schema['items'])}"
    kind = schema.get("format") or str(schema.get("type", "any"))
    limits = [_limit(schema, "minimum", "maximum", ""), _limit(schema, "minLength", "maxLength", "length ")]
    return ", ".join([kind, *(limit for limit in limits if limit)])


def _limit(schema: dict[str, Any], least: str, most: str, of: str) -> str:
    low, high = schema.get(least), schema.get(most)
    if low is not None and high is not None:
        return f"{of}{low} to {high}"
    if high is not None:
        return f"{of}up to {high}"
    return f"{of}from {low}" if low is not None else ""


def _told(schema: dict[str, Any]) -> SafeString:
    parts = [schema, *schema.get("anyOf", [])]
    return with_code(next((part["description"] for part in parts if "description" in part), ""))


def with_code(text: str) -> SafeString:
    """What stands between backticks becomes code."""
    parts = enumerate(text.split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if place % 2 else part,) for place, part in parts)
    )
