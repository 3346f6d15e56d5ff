"""What Stampwell is made of, and under which licences: the locked packages, and what lies in our own package."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path

import msgspec
from packaging.markers import Marker

ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU", "OFL-1.1"),
    *("PostgreSQL", "PSF-2.0"),
}
# Terms that ask for more, each for the parts that it was thought through for.
ALLOWED_FOR = {
    # We call them as a library and change nothing; whoever wants to can put another build in their place.
    "LGPL-3.0-only": {"psycopg", "psycopg-binary", "psycopg-pool"},
    # Lists that are read as they are: authorities, and suffixes of domains.
    "MPL-2.0": {"certifi", "fido2"},
}
# For packages whose metadata say it in free words or not at all: read in the licence that comes with them.
READ_THERE = {
    "fido2": "BSD-2-Clause AND MPL-2.0",
    "hyperframe": "MIT",
    "qrcode": "BSD-3-Clause AND MIT",
    "resvg-py": "MIT",
    "sqlparse": "BSD-3-Clause",
}
CLASSIFIERS = {"MIT License": "MIT", "Apache Software License": "Apache-2.0"}
VENDORED = {"htmx.org": "0BSD", "lean-qr": "MIT", "zxing-wasm": "MIT AND Apache-2.0"}
# What was copied into our package by hand, or comes inside of another part.
COPIED = (
    ("Noto Sans and its scripts (fonts)", "2020-12-25", "OFL-1.1"),
    ("Noto Sans CJK JP (fonts)", "2022-01-27", "OFL-1.1"),
    ("Noto Emoji (font)", "3.006", "OFL-1.1"),
    ("procrastinate's tables (SQL)", "3.10", "MIT"),
)
POSTGRESQL = ("PostgreSQL", "pgvector")


@dataclass(frozen=True)
class Part:
    name: str
    version: str
    licence: str


class _Need(msgspec.Struct):
    name: str
    extra: list[str] = []
    marker: str = ""

    def is_for_us(self) -> bool:
        return not self.marker or Marker(self.marker).evaluate()


class _Locked(msgspec.Struct, rename="kebab"):
    name: str
    version: str = ""
    dependencies: list[_Need] = []
    optional_dependencies: dict[str, list[_Need]] = {}

    def needs(self, extras: list[str]) -> Iterator[_Need]:
        wanted = [*self.dependencies, *(need for extra in extras for need in self.optional_dependencies.get(extra, []))]
        return (need for need in wanted if need.is_for_us())


class _Lock(msgspec.Struct):
    package: list[_Locked]


def packages(root: Path) -> list[Part]:
    """What an installation on this system has, with every extra of ours, in the versions of the lock."""
    lock = msgspec.convert(tomllib.loads((root / "uv.lock").read_text()), _Lock)
    locked = {package.name: package for package in lock.package}
    names: set[str] = set()
    open_ends = [_Need("stampwell", extra=list(locked["stampwell"].optional_dependencies))]
    while open_ends:
        end = open_ends.pop()
        needs = list(locked[end.name].needs(end.extra))
        open_ends += [need for need in needs if need.name not in names or need.extra]
        names |= {need.name for need in needs}
    return [Part(name, locked[name].version, licence_of(name)) for name in sorted(names)]


def licence_of(package: str) -> str:
    """Empty where nobody says."""
    told = metadata(package)
    if package in READ_THERE:
        return READ_THERE[package]
    stated = next((told[name] for name in ("License-Expression", "License") if name in told), "")
    if stated and not foreign_terms(Part(package, "", stated)):
        return stated
    words = {text.rpartition(" :: ")[2] for text in told.get_all("Classifier", []) if text.startswith("License ::")}
    return " AND ".join(sorted(CLASSIFIERS[word] for word in words)) if words and words <= CLASSIFIERS.keys() else ""


def copied(root: Path) -> list[Part]:
    """What lies in our own package and is not ours."""
    pinned = json.loads((root / "bin" / "vendor.lock.json").read_text())
    ours = (text for text, files in pinned.items() if any(file.startswith("stampwell/") for file in files))
    vendored = [text.rpartition("@") for text in ours]
    return [
        *(Part(name, version, VENDORED.get(name, "")) for name, _at, version in vendored),
        *(Part(*facts) for facts in COPIED),
    ]


def foreign_terms(part: Part) -> list[str]:
    """The terms that nobody has agreed to for this part."""
    terms = re.findall(r"[\w.+-]+", re.sub(r"\b(AND|OR|WITH)\b", " ", part.licence)) or ["nothing"]
    return [term for term in terms if term not in ALLOWED and part.name not in ALLOWED_FOR.get(term, ())]
