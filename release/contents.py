"""What lies in the wheel and in the source archive: all that is ours, and nothing else."""

import re
import tarfile
import zipfile
from pathlib import Path

from packaging.metadata import ExceptionGroup, Metadata

MADE_OUTSIDE = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
BESIDE_THE_PACKAGE = ("pyproject.toml", "README.md", "LICENSE", "bin/wheel_backend.py", "PKG-INFO")
OF_THE_BUILDER = "pyproject.toml.orig"  # newer ones write pyproject.toml in one form, and keep ours as it was beside it
# What a copied key looks like; code that only names the first line of one is none.
_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}")
_NO_PART_OF_IT = re.compile(r"(^|/)(tests?|__pycache__|var)/|\.(pyc|pem|p12|p8|key|env|sqlite3|log|orig|rej)$")


def faults_of_wheel(wheel: Path, source: Path) -> list[str]:
    """`source` are the files that it was built from."""
    with zipfile.ZipFile(wheel) as archive:
        found = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    name, version = wheel.name.split("-")[:2]
    package = package_files(source)
    wanted = package | compiled(package) | {f"{name}-{version}.dist-info/{file}" for file in MADE_OUTSIDE}
    return _faults(wheel.name, found, wanted) + _faults_of_metadata(found[f"{name}-{version}.dist-info/METADATA"])


def faults_of_source(archive_file: Path, source: Path) -> list[str]:
    top = archive_file.name.removesuffix(".tar.gz")
    with tarfile.open(archive_file) as archive:
        opened = ((member.name, archive.extractfile(member)) for member in archive.getmembers() if member.isfile())
        found = {name.removeprefix(f"{top}/"): stream.read() for name, stream in opened if stream}
    found.pop(OF_THE_BUILDER, None)
    wanted = package_files(source) | {*BESIDE_THE_PACKAGE}
    return _faults(archive_file.name, found, wanted) + _faults_of_metadata(found["PKG-INFO"])


def package_files(source: Path) -> set[str]:
    """Templates, styles, scripts, fonts, messages and code; what is made on the way does not count."""
    files = (file for file in (source / "stampwell").rglob("*") if file.is_file())
    made = {".pyc", ".mo"}
    return {file.relative_to(source).as_posix() for file in files if file.suffix not in made}


def compiled(files: set[str]) -> set[str]:
    return {f"{name.removesuffix('.po')}.mo" for name in files if name.endswith(".po")}


def _faults(archive: str, found: dict[str, bytes], wanted: set[str]) -> list[str]:
    return [
        *(f"{archive} lacks {name}." for name in sorted(wanted - found.keys())),
        *(f"{archive} holds {name}, which is no part of it." for name in sorted(found.keys() - wanted)),
        *(f"{archive} holds {name}, which must not be published." for name in found if _NO_PART_OF_IT.search(name)),
        *(f"{archive}: a private key is in {name}." for name, content in found.items() if _KEY.search(content)),
    ]


def _faults_of_metadata(text: bytes) -> list[str]:
    """As an index refuses it."""
    try:
        told = Metadata.from_email(text, validate=True)
    except ExceptionGroup as group:
        return [f"Metadata: {fault}" for fault in group.exceptions]
    missing = [name for name in ("summary", "description", "license_expression") if not getattr(told, name)]
    return [f"Metadata: {name} is missing." for name in missing]
