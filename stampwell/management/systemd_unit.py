"""A unit for systemd: its own user, and nothing else of the machine that it could change."""

import getpass
import os
import pwd
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stampwell.database.account import Account, own_account
from stampwell.environment import read_listen

NAME = "stampwell.service"
SYSTEM = Path("/etc/systemd/system")
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
ExecReload=/bin/kill -HUP $MAINPID
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
ReadWritePaths={data}
ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
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

    @property
    def group(self) -> int | None:
        """Whose group reads the settings file, where root owns it."""
        return None if self.account.is_caller else self.account.gid

    @property
    def commands(self) -> str:
        if self.file.parent == SYSTEM:  # we are root
            return "    systemctl daemon-reload\n    systemctl enable --now stampwell\n    journalctl -u stampwell"
        return (
            f"    sudo cp {self.file} {SYSTEM}/\n    sudo systemctl daemon-reload\n"
            "    sudo systemctl enable --now stampwell\n    journalctl -u stampwell"
        )

    def make_folders(self) -> None:
        """systemd lets nothing be made beside the data folder, so it has to be there; for its user alone."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        if not self.account.is_caller:
            os.chown(self.data, self.account.uid, self.account.gid)


def plan_unit(settings_file: Path, settings: Mapping[str, str]) -> Unit:
    root = os.geteuid() == 0
    account = own_account() if root else Account(os.geteuid(), os.getegid())
    program, data = _program(), Path(settings["STAMPWELL_DATA"])
    if not account.can_run(str(program), "--version"):
        raise UnitTrouble(
            f"The user {pwd.getpwuid(account.uid).pw_name} cannot run {program}. Install Stampwell where every user "
            "may read it; docs/operating/install.md has the command."
        )
    text = UNIT.format(
        user=pwd.getpwuid(account.uid).pw_name if root else getpass.getuser(),
        program=_as_word(program),
        settings=_as_word(settings_file),
        data=_as_word(data),
        home="yes" if not any(_is_in_home(place) for place in (program, settings_file, data)) else "no",
        capabilities="CAP_NET_BIND_SERVICE" if read_listen(settings)[1] < 1024 else "",
    )
    return Unit((SYSTEM if root else settings_file.parent) / NAME, text, account, data)


def _program() -> Path:
    beside = Path(sys.executable).with_name("stampwell")
    found = beside if beside.exists() else shutil.which("stampwell")
    if not found:
        raise UnitTrouble("The program `stampwell` is not installed; docs/operating/install.md says how.")
    return Path(found)


def _is_in_home(place: Path) -> bool:
    return place.resolve().is_relative_to("/home") or place.resolve().is_relative_to("/root")


def _as_word(path: Path) -> str:
    """One word of a line of systemd, where a percent sign begins a specifier."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(letter.isspace() for letter in escaped) else escaped
