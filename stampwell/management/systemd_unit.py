"""A unit for systemd: its own user, and nothing else of the machine that it could change."""

import getpass
import os
import pwd
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stampwell.database.account import Account, own_account
from stampwell.database.address import read_address
from stampwell.environment import read_data_folder, read_listen

NAME = "stampwell.service"
ADDRESSES = ("DATABASE_URL", "STAMPWELL_DATABASE_POOLER", "STAMPWELL_DATABASE_REPLICA")
SYSTEM = Path("/etc/systemd/system")
HOMES, TEMPORARY = ("/home", "/root"), ("/tmp", "/var/tmp")  # noqa: S108 - what systemd can hide from a service
UNIT = """\
[Unit]
Description=Stampwell, digital stamp cards
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
NotifyAccess=main
User={user}
ExecStart={program} --settings {settings} serve
# The shell's own kill: a small Debian has no other.
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
Restart=on-failure
RestartSec=5
# The first start makes the database, and an upgrade changes its tables: neither is cut off.
TimeoutStartSec=infinity
TimeoutStopSec=60
KillMode=mixed
UMask=0077
LimitNOFILE=16384

NoNewPrivileges=yes
ProtectSystem=strict
# A folder that is not there, such as that of a disk which is not mounted, keeps no shop closed.
ReadWritePaths={writable}
ProtectHome={home}
PrivateTmp={tmp}
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
CapabilityBoundingSet={capabilities}
AmbientCapabilities={capabilities}

[Install]
WantedBy=multi-user.target
"""


class UnitTrouble(Exception):
    """systemd could not start it; the text says why and what to do now."""


@dataclass(frozen=True)
class Unit:
    file: Path
    text: str
    account: Account
    data: Path
    beside: list[Path]  # what is written beside the data folder

    @property
    def group(self) -> int | None:
        """Whose group reads the settings file, where root owns it."""
        return None if self.account.is_caller else self.account.gid

    def commands(self, verb: str) -> str:
        """What to type next, to `enable --now` or to `restart` it."""
        steps = ["systemctl daemon-reload", f"systemctl {verb} stampwell"]
        if self.file.parent != SYSTEM:  # we are not root
            steps = [f"sudo {step}" for step in (f"cp {shlex.quote(str(self.file))} {SYSTEM}/", *steps)]
        return "".join(f"    {step}\n" for step in [*steps, "journalctl --no-pager -u stampwell"]).rstrip()

    def why_not_written(self) -> list[str]:
        """A sentence for each folder that the service would write to and cannot. None is made: its disk may be away."""
        user = pwd.getpwuid(self.account.uid).pw_name
        return [
            f"The user {user} cannot write to {place}. Run: install -d -o {user} -m 700 {shlex.quote(str(place))}"
            for place in self.beside
            if not self.account.can_run("/bin/sh", "-c", 'test -d "$1" && test -w "$1"', "sh", str(place))
        ]

    def make_folders(self) -> None:
        """systemd lets nothing be made beside the data folder, so it has to be there; for its user alone."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        if not self.account.is_caller:
            os.chown(self.data, self.account.uid, self.account.gid)


def plan_unit(settings_file: Path, settings: Mapping[str, str]) -> Unit:
    root = os.geteuid() == 0
    account = own_account() if root else Account(os.geteuid(), os.getegid())
    program, data, beside = _program(), read_data_folder(settings), _written_places(settings)
    if not account.can_run(str(program), "--version"):
        raise UnitTrouble(
            f"The user {pwd.getpwuid(account.uid).pw_name} cannot run {program}. Install Stampwell where every user "
            "may read it; docs/operating/install.md has the command."
        )
    user = pwd.getpwuid(account.uid).pw_name if root else getpass.getuser()
    text = unit_text(settings_file, settings, user=user, program=program, python=Path(sys.base_prefix))
    return Unit((SYSTEM if root else settings_file.parent) / NAME, text, account, data, beside)


def unit_text(settings_file: Path, settings: Mapping[str, str], *, user: str, program: Path, python: Path) -> str:
    data = read_data_folder(settings)
    named = [python, program, settings_file, data, *_named_places(settings)]
    return UNIT.format(
        user=user,
        program=_as_word(program),
        settings=_as_word(settings_file),
        writable=" ".join([_as_word(data), *(_as_word(Path(f"-{place}")) for place in _written_places(settings))]),
        home="no" if _lie_below(HOMES, named) else "yes",
        tmp="no" if _lie_below(TEMPORARY, named) else "yes",
        capabilities="CAP_NET_BIND_SERVICE" if read_listen(settings)[1] < 1024 else "",
    )


def _program() -> Path:
    beside = Path(sys.executable).with_name("stampwell")
    found = beside if beside.exists() else shutil.which("stampwell")
    if not found:
        raise UnitTrouble("The program `stampwell` is not installed; docs/operating/install.md says how.")
    return Path(found)


def _written_places(settings: Mapping[str, str]) -> list[Path]:
    found = (settings.get(name, "") for name in ("STAMPWELL_BACKUP_TO", "STAMPWELL_STATIC"))
    return [Path(place) for place in found if place.startswith("/")]


def _named_places(settings: Mapping[str, str]) -> list[Path]:
    """Every file and folder that a setting names: a certificate, a key, the socket of a database."""
    places = [value for value in settings.values() if value.startswith("/")]
    for address in (read_address(url) for name in ADDRESSES if (url := settings.get(name))):
        values = [*address.host.split(","), *map(str, address.options.values())]
        places += [value for value in values if value.startswith("/")]
    return [Path(place) for place in places]


def _lie_below(folders: tuple[str, ...], places: list[Path]) -> bool:
    return any(place.resolve().is_relative_to(folder) for place in places for folder in folders)


def _as_word(path: Path) -> str:
    """One word of a line of systemd, where a percent sign begins a specifier."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(letter.isspace() for letter in escaped) else escaped
