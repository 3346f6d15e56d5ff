"""Google's published schema as a gate: what its discovery document does not allow is refused."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

NUMBERS: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float)}


@lru_cache(maxsize=1)
def discovery() -> dict[str, Any]:
    folder = files("googleapiclient.discovery_cache") / "documents"
    document: dict[str, Any] = json.loads((folder / "walletobjects.v1.json").read_text())
    return document


def faults_of(value: object, schema: str) -> list[str]:
    """Everything that is wrong, each with its path."""
    return list(_faults(value, {"$ref": schema}, schema))


def required_names(schema: str) -> list[str]:
    properties = discovery()["schemas"][schema]["properties"]
    return [name for name, rule in properties.items() if rule.get("description", "").startswith("Required.")]


def _faults(value: object, rule: dict[str, Any], path: str) -> Iterator[str]:
    if "$ref" in rule:
        yield from _object_faults(value, rule["$ref"], path)
    elif rule["type"] == "array":
        if not isinstance(value, list):
            yield f"{path}: not a list"
            return
        for place, item in enumerate(value):
            yield from _faults(item, rule["items"], f"{path}[{place}]")
    elif rule["type"] == "string":
        yield from _text_faults(value, rule, path)
    elif rule["type"] == "boolean":
        if not isinstance(value, bool):
            yield f"{path}: not true or false"
    elif isinstance(value, bool) or not isinstance(value, NUMBERS[rule["type"]]):
        yield f"{path}: not a number"


def _object_faults(value: object, schema: str, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: not an object"
        return
    properties = discovery()["schemas"][schema]["properties"]
    for name, part in value.items():
        if name not in properties:
            yield f"{path}.{name}: unknown name"
        else:
            yield from _faults(part, properties[name], f"{path}.{name}")


def _text_faults(value: object, rule: dict[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{path}: not a string"
    elif "enum" in rule and value not in _values(rule):
        yield f"{path}: {value} is none of the values"
    elif rule.get("format") == "int64" and not re.fullmatch(r"-?\d+", value):
        yield f"{path}: not a whole number"


def _values(rule: dict[str, Any]) -> list[str]:
    """Without the aliases of old, in small letters, that are still understood but no longer to be sent."""
    aliases = rule.get("enumDeprecated") or [False] * len(rule["enum"])
    known = zip(rule["enum"], aliases, strict=True)
    return [value for value, is_alias in known if not is_alias and not value.endswith("UNSPECIFIED")]
