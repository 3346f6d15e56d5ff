"""How the installation is: what is wrong now, and the figures that say so."""

import platform
from datetime import datetime, timedelta

import msgspec
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stampwell.backups import LastBackup, last_backup
from stampwell.clock import now
from stampwell.merchants.models import User
from stampwell.release import our_version
from stampwell.watch.alarm_rules import find_alarms, worker_stands_still
from stampwell.watch.alarms import Alarm
from stampwell.watch.disk import Space
from stampwell.watch.figures import Figures, Seen, read_figures
from stampwell.watch.heartbeat import LATE
from stampwell.web.operator.guarding import for_operators


class Disk(msgspec.Struct, frozen=True):
    """`place` is what lies there: the data folder, or the embedded database."""

    place: str
    space: Space


class Versions(msgspec.Struct, frozen=True):
    stampwell: str
    database: str
    python: str


@for_operators
@require_safe
def overview(request: HttpRequest, operator: User) -> HttpResponse:
    seen = read_figures() or Seen(None, None)
    figures = seen.figures
    context = {
        "here": "overview",
        "alarms": alarms_of(seen),
        "figures": figures,
        "worker_seen": _worker_seen(seen),
        "backup": last_backup(settings.DATA_DIR),
        "backup_age": _age_of(last_backup(settings.DATA_DIR)),
        "disks": [Disk(name, space) for name, space in figures.disks.items()] if figures else [],
        "certificates": sorted(figures.certificates.items(), key=lambda one: one[1]) if figures else [],
        "behind": sum(figures.followers.values()) if figures else 0,
        "versions": _versions(),
        "has_second_step": Authenticator.objects.filter(user_id=operator.pk).exists(),
    }
    return render(request, "operator/overview.html", context)


def alarms_of(seen: Seen) -> list[Alarm]:
    """What a mail would tell, without waiting for how long it lasts. Its sentences are the mail's, in English."""
    silent = None if seen.worker_silence is None else timedelta(seconds=seen.worker_silence)
    found = [worker_stands_still(silent)] if silent is None or silent > LATE else []
    return [*found, *find_alarms(seen.figures or Figures(taken=now()))]


def _worker_seen(seen: Seen) -> datetime | None:
    return None if seen.worker_silence is None else now() - timedelta(seconds=seen.worker_silence)


def _age_of(backup: LastBackup) -> timedelta | None:
    return max(now() - backup.went_well, timedelta()) if backup.went_well else None


def _versions() -> Versions:
    with connection.cursor() as cursor:
        cursor.execute("SELECT split_part(current_setting('server_version'), ' ', 1)")
        (database,) = cursor.fetchone()
    return Versions(our_version(), str(database), platform.python_version())
