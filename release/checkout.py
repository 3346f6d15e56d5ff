"""The commit that is released. What is not committed is not in it, whatever lies in this checkout."""

import re
import subprocess
import tarfile
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from release.trouble import ReleaseTrouble

ROOT = Path(__file__).resolve().parent.parent
CHECKS = "stampwell/management/start_checks.py"
LONGEST_AGO = timedelta(days=31)
_RELEASED = r"^RELEASED = datetime\((\d+), (\d+), (\d+), tzinfo=UTC\)$"
_SECTION = r"^## {version} (?:–|-) \d{{4}}-\d\d-\d\d$"


@dataclass(frozen=True)
class Commit:
    name: str
    seconds: int  # when it was made
    version: str

    @property
    def made(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    @property
    def tag(self) -> str:
        return f"v{self.version}"


def this_commit() -> Commit:
    name, seconds = _git("log", "-1", "--format=%H %ct").split()
    return Commit(name, int(seconds), version_in(_git("show", "HEAD:pyproject.toml")))


def version_in(project: str) -> str:
    return str(tomllib.loads(project)["project"]["version"])


def export(folder: Path) -> Path:
    """The files of the commit, as a fresh checkout has them."""
    folder.mkdir(parents=True)
    packed = folder.with_suffix(".tar")
    _git("archive", "--format=tar", f"--output={packed}", "HEAD")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    packed.unlink()
    return folder


def left_out() -> list[str]:
    return _git("status", "--porcelain").splitlines()


def why_not_dated(changelog: str, version: str) -> str | None:
    """A release has a section of its own, with its day; what is written next goes into a new one."""
    if re.search(_SECTION.format(version=re.escape(version)), changelog, re.MULTILINE):
        return None
    return f"CHANGELOG.md has no section of this release. Write “## {version} – YEAR-MONTH-DAY” over what is in it."


def why_not_released_lately(checks: str, made: datetime) -> str | None:
    """A program that believes an old clock stamps cards with days that were never."""
    said = re.search(_RELEASED, checks, re.MULTILINE)
    if said is None:
        return f"{CHECKS} says nowhere when this release was made (RELEASED)."
    year, month, day = map(int, said.groups())
    released = datetime(year, month, day, tzinfo=UTC)
    if made - LONGEST_AGO <= released <= made:
        return None
    return (
        f"RELEASED in {CHECKS} is {released:%d %B %Y}. Set it to a day before this release: no clock is right that "
        "says less."
    )


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise ReleaseTrouble(f"git {arguments[0]} says: {done.stderr.strip()}")
    return done.stdout
