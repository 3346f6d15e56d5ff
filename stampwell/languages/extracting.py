"""Every sentence that a person may see, collected from the Python files and the templates."""

import io
from collections.abc import Iterator
from pathlib import Path

import allauth
import django
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What Django and allauth say in our forms. Their own translations lack half of it in some of our languages, and
# speak with other words, letters and plural forms, on the same page as ours: so all of it is translated here, and
# ours wins.
DJANGO, ALLAUTH = Path(django.__file__).parent, Path(allauth.__file__).parent
BORROWED = {
    DJANGO: ("forms/fields.py", "core/validators.py", "contrib/auth/password_validation.py"),
    ALLAUTH: ("account/adapter.py", "account/forms.py", "account/fields.py", "mfa/adapter.py"),
}


def extract_messages() -> Catalog:
    """All messages of our own code, without line numbers, so that a moved line changes no catalogue."""
    catalog = Catalog()
    for file in sorted(python_files()):
        _add_messages(catalog, file, file.read_bytes())
    for file in sorted(template_files()):
        _add_messages(catalog, file, _as_python(file))
    return catalog


def borrowed_messages() -> Catalog:
    """Everything that Django and allauth say in our forms."""
    catalog = Catalog()
    for root, names in BORROWED.items():
        for file in (root / name for name in names):
            for messages, context in _read_calls(file.read_bytes()):
                catalog.add(messages, locations=[(str(file.relative_to(root.parent)), 0)], context=context)
    return catalog


def python_files() -> Iterator[Path]:
    return (file for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts)


def template_files() -> Iterator[Path]:
    for ending in ("*.html", "*.txt", "*.svg"):
        yield from (file for file in PACKAGE.rglob(ending) if "templates" in file.parts)


def first_form(messages: str | tuple[str, ...] | list[str]) -> str:
    return messages if isinstance(messages, str) else messages[0]


def _add_messages(catalog: Catalog, file: Path, source: bytes) -> None:
    for messages, context in _read_calls(source):
        catalog.add(messages, locations=[(str(file.relative_to(PACKAGE.parent)), 0)], context=context)


def _read_calls(source: bytes) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    for _line, messages, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
        yield messages, context


def _as_python(template: Path) -> bytes:
    # Django writes the calls where the tags stood; their indentation would mean something to Python.
    text = templatize(template.read_text(), origin=str(template))
    return "\n".join(line.lstrip() for line in text.splitlines()).encode()
