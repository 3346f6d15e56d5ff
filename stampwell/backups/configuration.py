"""The settings of planned backups, read from the environment, and a sentence where they cannot work."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stampwell.backups.age import Recipient
from stampwell.backups.retention import Keep
from stampwell.backups.sealing import read_passphrase, recipients
from stampwell.backups.trouble import BackupTrouble

NAMES = ("TO", "KEEP", "AT", "RECIPIENT", "PASSPHRASE_FILE", "PASSPHRASE")
USUAL_KEEP, USUAL_TIME = "7d 4w 12m", "03:30"
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?:\s+(\S+))?")
_KEEP = re.compile(r"(\d{1,4})([dwm])")


@dataclass(frozen=True)
class Plan:
    """`to` is empty where no backups are planned."""

    to: str
    keep: Keep
    at: time
    zone: ZoneInfo
    public_keys: tuple[str, ...]
    passphrase_file: Path | None
    passphrase: str | None

    def recipients(self) -> list[Recipient]:
        words = read_passphrase(self.passphrase_file) if self.passphrase_file else self.passphrase
        return recipients(public_keys=self.public_keys, passphrase=words)

    def latest_moment(self, at: datetime) -> datetime:
        """When the last one should have been made, before `at`."""
        here = at.astimezone(self.zone)
        moment = datetime.combine(here.date(), self.at, self.zone)
        return moment if moment <= here else datetime.combine(here.date() - timedelta(days=1), self.at, self.zone)


def are_planned(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether any are wanted; whether that can be done, `read_plan` says."""
    return bool(environment.get("STAMPWELL_BACKUP_TO", "").strip())


def read_plan(environment: Mapping[str, str] = os.environ) -> Plan:
    given = {name: environment.get(f"STAMPWELL_BACKUP_{name}", "").strip() for name in NAMES}
    if bool(given["PASSPHRASE_FILE"]) + bool(given["PASSPHRASE"]) + bool(given["RECIPIENT"]) > 1:
        raise BackupTrouble(
            "Set only one of STAMPWELL_BACKUP_RECIPIENT, STAMPWELL_BACKUP_PASSPHRASE_FILE and "
            "STAMPWELL_BACKUP_PASSPHRASE."
        )
    at, zone = _read_time(given["AT"] or USUAL_TIME)
    return Plan(
        to=_read_place(given["TO"]),
        keep=_read_keep(given["KEEP"] or USUAL_KEEP),
        at=at,
        zone=zone,
        public_keys=tuple(given["RECIPIENT"].replace(",", " ").split()),
        passphrase_file=Path(given["PASSPHRASE_FILE"]) if given["PASSPHRASE_FILE"] else None,
        passphrase=given["PASSPHRASE"] or None,
    )


def _read_place(text: str) -> str:
    if text and not (text.startswith("/") or re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+(/[^?#\s]*)?", text)):
        raise BackupTrouble(
            "STAMPWELL_BACKUP_TO is a whole path, such as /srv/backups, or a place in S3, such as s3://bucket/folder."
        )
    return text


def _read_keep(text: str) -> Keep:
    found = [_KEEP.fullmatch(word) for word in text.replace(",", " ").split()]
    counts = {match[2]: int(match[1]) for match in found if match}
    if None in found or len(counts) < len(found) or not any(counts.values()):
        raise BackupTrouble(
            "STAMPWELL_BACKUP_KEEP says how many days, weeks and months are kept, such as 7d 4w 12m; at least "
            "one of them."
        )
    return Keep(days=counts.get("d", 0), weeks=counts.get("w", 0), months=counts.get("m", 0))


def _read_time(text: str) -> tuple[time, ZoneInfo]:
    found = _TIME.fullmatch(text)
    try:
        zone = ZoneInfo((found and found[3]) or "UTC")
    except (OSError, ValueError, ZoneInfoNotFoundError):
        found = None
    if found is None:
        raise BackupTrouble(
            "STAMPWELL_BACKUP_AT is a time of day, and a time zone if it is not UTC, such as 03:30 Europe/Riga."
        )
    return time(int(found[1]), int(found[2])), zone
