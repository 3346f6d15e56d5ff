"""Tokens and secrets are compared in constant time: an answer's delay must not tell how many letters were right."""

import ast
import re
from pathlib import Path

import pytest

import stampwell

SECRET = re.compile(r"(token|secret|signature|password|key_hash|secret_hash|stored_hash)\Z")
PLAIN = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def plain_comparisons(source: str) -> list[str]:
    compared = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Compare)]
    return [ast.unparse(node) for node in compared if isinstance(node.ops[0], PLAIN) and _names_secret(node)]


def _names_secret(compared: ast.Compare) -> bool:
    """Whether one side is a secret; whether there is one at all may be asked plainly."""
    sides = [compared.left, *compared.comparators]
    is_blank = any(isinstance(side, ast.Constant) and not side.value for side in sides)
    return not is_blank and any(SECRET.search(_name(side)) for side in sides)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case ast.Call(func=called):
            return _name(called)
    return ""


@pytest.mark.parametrize(
    "source", ["held.token == given", "token != expected", "given in held.token", "secret_hash(x) == stored"]
)
def test_a_plain_comparison_is_noticed(source: str) -> None:
    assert plain_comparisons(source) == [ast.unparse(ast.parse(source))]


def test_no_secret_is_compared_letter_by_letter() -> None:
    files = sorted(Path(stampwell.__file__).parent.rglob("*.py"))

    assert [(file.name, said) for file in files for said in plain_comparisons(file.read_text())] == []
