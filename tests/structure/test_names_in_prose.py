"""What a docstring names is there: a module, or what stands in one."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted(path for path in (ROOT / "stampwell").rglob("*.py") if "migrations" not in path.parts)
DOCUMENTED = ast.Module | ast.FunctionDef | ast.ClassDef
NOT_OURS = {"pass.strings", "webServiceURL"}  # Apple's


def is_there(name: str, package: Path, words: set[str]) -> bool:
    """A word of the code below the text; or a module beside or above it, and what stands there after the dot."""
    first, _, rest = name.partition(".")
    if not rest and first in words:
        return True
    for folder in [folder for folder in (package, *package.parents) if folder.is_relative_to(ROOT)]:
        inside, file = folder / first, folder / f"{first}.py"
        if inside.is_dir() and (not rest or is_there(rest, inside, set())):
            return True
        if file.exists() and (not rest or re.search(rf"\b{rest}\b", file.read_text())):
            return True
    return False


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_docstrings_name_what_is_there(file: Path) -> None:
    nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, DOCUMENTED)]
    own, *others = [ast.get_docstring(node, clean=False) or "" for node in nodes]
    words = set(re.findall(r"\w+", file.read_text().replace(own, "")))
    named = {
        *re.findall(r"`([a-z_]\w*)(?:\(.*?\))?`", own),
        *re.findall(r"`([a-z_]+(?:\.\w+)+)`", "\n".join([own, *others])),
    }

    assert {name for name in named - NOT_OURS if not is_there(name.removesuffix(".py"), file.parent, words)} == set()
