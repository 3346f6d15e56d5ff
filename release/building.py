"""The two files that are published, built twice: from the same commit come the same bytes."""

import hashlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from release.checkout import Commit, export
from release.trouble import ReleaseTrouble


def build(uv: str, commit: Commit, scratch: Path, to: Path) -> list[Path]:
    """Source first, then the wheel out of it, as an installer builds one that finds no wheel."""
    source = export(scratch / "source")
    _uv(uv, commit, "build", "--quiet", "--out-dir", str(to), str(source))
    return files_in(to)


def build_again(uv: str, commit: Commit, scratch: Path) -> list[Path]:
    """As somebody else would: another folder, another umask, other times of files, the wheel without a detour."""
    before = os.umask(0o077)
    try:
        source = export(scratch / "the same" / "elsewhere")
        for file in source.rglob("*"):
            os.utime(file, (1_000_000_000, 1_000_000_000))
        for kind in ("--sdist", "--wheel"):
            _uv(uv, commit, "build", "--quiet", kind, "--out-dir", str(scratch / "again"), str(source))
    finally:
        os.umask(before)
    return files_in(scratch / "again")


def files_in(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.whl"), *folder.glob("*.tar.gz")])


def differences(ours: Iterable[Path], others: Iterable[Path]) -> list[str]:
    first, second = ({file.name: digest(file) for file in files} for files in (ours, others))
    names = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    return [f"{name} is not the same when it is built again." for name in names]


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _uv(uv: str, commit: Commit, *arguments: str) -> None:
    surroundings = {**os.environ, "SOURCE_DATE_EPOCH": str(commit.seconds)}
    surroundings.pop("VIRTUAL_ENV", None)
    done = subprocess.run([uv, *arguments], env=surroundings, capture_output=True, text=True)
    if done.returncode:
        raise ReleaseTrouble(f"uv {arguments[0]} failed:\n{done.stderr.strip()}")
