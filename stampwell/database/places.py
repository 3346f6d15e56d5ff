"""Where the parts of one embedded database lie, without ever opening a folder that is not ours.

DIR/database/            closed to all but us; lock, passwords, log
DIR/database/cluster     PostgreSQL's own folder, or a link to it (see `_make_home`)
a private folder         the socket, at a path short enough for the system
"""

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stampwell.database.account import Account, choose_account
from stampwell.database.trouble import DatabaseTrouble

# macOS has room for 104 bytes in a socket's address, Linux for 108, the closing zero included.
LONGEST_SOCKET = 103
PORT = "5432"  # nobody listens there: it is a part of the socket's name
SOCKET_NAME = f".s.PGSQL.{PORT}"
HOMES = Path("/var/lib/stampwell")
UPGRADED = "cluster-upgraded"  # it is whole, and the earlier one gives it its name


@dataclass(frozen=True)
class Places:
    """The paths of one embedded database. `cluster` may not exist yet."""

    folder: Path

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def address(self) -> Path:
        """Holds DATABASE_URL while the server runs."""
        return self.folder / "address"

    @property
    def cluster(self) -> Path:
        return (self.folder / "cluster").resolve()

    def password(self, role: str) -> Path:
        return self.folder / f"password-{role}"


def has_cluster(data_dir: Path) -> bool:
    """Whether there is a database in this data folder, also where an exchange was cut off."""
    cluster = Places(data_dir.absolute() / "database").cluster
    return cluster.exists() or cluster.with_name(UPGRADED).exists()


def finish_exchange(places: Places) -> None:
    """A kill or a power cut may have come when the earlier cluster had given its name away (`exchange`)."""
    upgraded = places.cluster.with_name(UPGRADED)
    if upgraded.exists() and not places.cluster.exists():
        upgraded.rename(places.cluster)


def open_places(data_dir: Path) -> Places:
    """Makes the database's folder inside the data folder; the data folder's own mode is left alone."""
    folder = data_dir.absolute() / "database"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Somebody else may pass through to the cluster, which is closed itself; nobody else may look.
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise DatabaseTrouble(
            f"The data folder {data_dir} cannot be written ({error.strerror}). "
            "Make it writable for this user, or choose another folder with --data."
        ) from error
    return Places(folder)


def prepare_account(places: Places, homes: Path = HOMES) -> Account:
    """Chooses who runs the server and makes a place for the cluster that this account can reach."""
    account = choose_account(places.cluster)
    if places.cluster.parent.parent == homes and not account.is_caller:
        make_open_folder(homes)
    link = places.folder / "cluster"
    if link.is_symlink() and not places.cluster.parent.exists():
        raise DatabaseTrouble(
            f"The database of this data folder lay in {places.cluster}, which is gone. Bring it back from a "
            f"backup, or remove {link} to begin with an empty database."
        )
    if not places.cluster.exists() and not link.is_symlink() and not _can_reach(account, places.folder):
        link.symlink_to(_make_home(account, homes) / "cluster")
    return account


def make_private_folder(folder: Path, account: Account) -> None:
    """A folder that only the account may enter."""
    folder.mkdir()
    folder.chmod(0o700)  # not as mkdir's mode, which the umask cuts
    if not account.is_caller:
        os.chown(folder, account.uid, account.gid)


def make_open_folder(folder: Path) -> None:
    """A folder that everybody may pass through, whatever the umask; also one that an earlier start left closed."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)


def make_socket_folder(places: Places, account: Account) -> Path:
    """A private folder for the socket: beside the cluster, or in the system's temporary folder.

    The temporary one has a random name, so nobody can prepare it for us.
    """
    beside = places.cluster.with_name("socket")
    if len(os.fsencode(beside / SOCKET_NAME)) <= LONGEST_SOCKET:
        if not beside.exists():
            make_private_folder(beside, account)
        return beside
    folder = Path(tempfile.mkdtemp(prefix="stampwell-", dir="/tmp"))
    if not account.is_caller:
        os.chown(folder, account.uid, account.gid)
    return folder


def clear_socket(folder: Path) -> None:
    """Removes a dead server's socket. Its lock would be believed as soon as any process has that server's number."""
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (folder / name).unlink(missing_ok=True)


def remove_socket_folder(places: Places, folder: Path) -> None:
    if folder != places.cluster.with_name("socket"):
        shutil.rmtree(folder, ignore_errors=True)


def remove_database(data_dir: Path) -> None:
    """Deletes the embedded database of a data folder, also where it lies outside. Ask before you call."""
    folder = data_dir.absolute() / "database"
    home = Places(folder).cluster.parent
    if home.parent == HOMES:
        shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(folder)


def _can_reach(account: Account, folder: Path) -> bool:
    return account.is_caller or account.can_run("/bin/sh", "-c", 'cd "$1"', "sh", str(folder))


def _make_home(account: Account, homes: Path) -> Path:
    """A place outside the data folder, for root whose data lies below a closed folder such as /root.

    Opening that folder for the database's user would open it for everybody.
    """
    make_open_folder(homes)
    home = homes / secrets.token_hex(6)
    make_private_folder(home, account)
    return home
