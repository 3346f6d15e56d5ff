"""Which operating system user the server runs as: PostgreSQL refuses to run as root, rightly."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stampwell.database.trouble import DatabaseTrouble

NAME = "stampwell"


@dataclass(frozen=True)
class Account:
    """A user and its group; as anybody but root this is always the caller."""

    uid: int
    gid: int

    @property
    def is_caller(self) -> bool:
        return self.uid == os.geteuid()

    def run(self, *command: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a program as this user, in a clean environment, and keeps what it says."""
        stranger = not self.is_caller
        return subprocess.run(  # noqa: S603
            command,
            input=typed,
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            user=self.uid if stranger else None,
            group=self.gid if stranger else None,
            extra_groups=[] if stranger else None,
        )

    def require_name(self) -> None:
        """Refuses a user that the system knows by number alone, as containers often run one."""
        try:
            pwd.getpwuid(self.uid)
        except KeyError:
            raise DatabaseTrouble(
                f"The user {self.uid} has no name on this system, and PostgreSQL makes no database for such a user. "
                f"Add a line like “{NAME}:x:{self.uid}:{self.gid}::/nonexistent:/usr/sbin/nologin” to /etc/passwd, "
                "start as a user that is listed there, or set DATABASE_URL to a PostgreSQL 15 or newer."
            ) from None

    def can_run(self, *command: str) -> bool:
        """Whether a command succeeds as this user: asks the system itself, which also knows of ACLs."""
        try:
            return self.run(*command).returncode == 0
        except PermissionError:
            return False


def choose_account(cluster: Path) -> Account:
    """The owner of an existing cluster, else the caller, else (as root) a user of the database's own."""
    owner = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise DatabaseTrouble(
                f"The database in {cluster} belongs to the user {name_of(owner.st_uid)}, so only that user "
                "and root can start it. Start as root, or choose another data folder."
            )
        return Account(os.geteuid(), os.getegid())
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return own_account()


def own_account() -> Account:
    """As root: the user `stampwell`, made if it is missing; else one that every system has."""
    for name, create in ((NAME, True), ("postgres", False), ("nobody", False)):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            if not (create and _create_account()):
                continue
            entry = pwd.getpwnam(name)
        return Account(entry.pw_uid, entry.pw_gid)
    raise DatabaseTrouble(
        "PostgreSQL does not run as root, and no user could be made for it. Create the user "
        f"“{NAME}”, or start as an ordinary user."
    )


def _create_account() -> bool:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        return False
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command = [program, *options, "--shell", "/usr/sbin/nologin", NAME]
    return subprocess.run(command, capture_output=True).returncode == 0  # noqa: S603


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
