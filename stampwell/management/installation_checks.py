"""What a look at a running installation finds: tables, worker, mail, wallets, backups, and the way in from outside."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from stampwell.backups import last_backup
from stampwell.backups.configuration import are_planned
from stampwell.clock import now
from stampwell.findings import Finding, amber, good, red
from stampwell.installation import find_misfit
from stampwell.mail.checking import find_trouble as find_mail_trouble
from stampwell.mail.checking import has_mail_server
from stampwell.management.distributing import find_trouble
from stampwell.management.outside_checks import look_from_outside
from stampwell.management.pooling import find_wrong_address, find_wrong_pooler
from stampwell.merchants.models import Merchant, User
from stampwell.transactions import replica
from stampwell.wallet.apple import health as apple
from stampwell.wallet.configuration import apple_files, is_apple_begun
from stampwell.wallet.google import health as google
from stampwell.watch import heartbeat
from stampwell.watch.alarm_rules import find_alarms, is_backup_too_old
from stampwell.watch.figures import read_figures

NEEDED_BY_APPLE = ("APPLE_KEY", "APPLE_INTERMEDIATE")  # beside the certificate
FIGURES_ARE_OLD = timedelta(minutes=10)
MEASURED = {"events", "disks", "refused", "mail", "errors"}  # certificates and backups are looked at here


def look_at_installation(data: Path, *, network: bool) -> Iterator[Finding]:
    if misfit := find_wrong_address() or find_misfit() or find_wrong_pooler():
        yield red(misfit)
        return
    yield good("The database, the keys and the clock belong together.")
    if _is_behind():
        yield amber("The tables are those of an earlier release. `stampwell upgrade` brings them up to this one.")
        return
    yield from (amber(trouble) for trouble in find_trouble())
    yield from look_at_replica()
    yield look_at_worker()
    yield from look_at_figures()
    yield look_at_accounts()
    yield from look_at_wallets()
    yield look_at_backup(data)
    yield look_at_mail(network=network)
    if network:
        yield from look_from_outside(settings.BASE_URL)


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def look_at_worker() -> Finding:
    silence = heartbeat.silence()
    if silence is None:
        return amber("No worker has worked yet: `stampwell serve` starts one.")
    if silence > heartbeat.LATE:
        return red(
            f"No worker was seen for {int(silence.total_seconds()) // 60} minutes: no card in a phone changes and "
            "nothing that was asked for is done. Start `stampwell serve`, and look into its log."
        )
    return good("The worker works.")


def look_at_replica() -> Iterator[Finding]:
    if look := replica.look_at_replica():
        yield amber(look.said) if look.trouble else good("The replica can be read.")


def look_at_figures() -> Iterator[Finding]:
    """What the worker measured last. Old figures say nothing; that they are old, the worker's silence says."""
    seen = read_figures()
    if seen is None or seen.figures is None or now() - seen.figures.taken > FIGURES_ARE_OLD:
        return
    for alarm in find_alarms(seen.figures):
        if alarm.figure in MEASURED:
            yield amber(alarm.said)


def look_at_accounts() -> Finding:
    accounts, shops = User.objects.count(), Merchant.objects.count()
    if not accounts:
        return amber("Nobody has an account yet. `stampwell user invite EMAIL` makes a link that opens a shop.")
    return good(f"Shops: {shops}. Accounts: {accounts}.")


def look_at_wallets() -> Iterator[Finding]:
    missing = [f"STAMPWELL_{name}" for name in NEEDED_BY_APPLE if not getattr(settings, f"WALLET_{name}")]
    if not is_apple_begun() and not apple_files().certificate.exists():
        yield good("Apple Wallet is not set up, so it is not offered.")
    elif is_apple_begun() and missing:
        yield red(f"STAMPWELL_APPLE_CERTIFICATE is not enough. Set the rest of its files, too: {', '.join(missing)}.")
    else:
        yield from apple.check_installation()
    yield from google.check_installation()


def look_at_backup(data: Path) -> Finding:
    last = last_backup(data)
    if last.went_well is None:
        return amber(f"There is no backup yet. {last.trouble}".strip())
    if is_backup_too_old(last.went_well, planned=are_planned()):
        return amber(f"The last backup is of {last.went_well:%d %B %Y}. {last.trouble}".strip())
    return good(f"The last backup is of {last.went_well:%d %B %Y %H:%M} UTC.")


def look_at_mail(*, network: bool) -> Finding:
    if not has_mail_server():
        return amber("No mail server is set (STAMPWELL_MAIL_HOST): nobody gets a link for a new password.")
    if not network:
        return good("A mail server is set.")
    if trouble := find_mail_trouble():
        return red(trouble)
    return good("The mail server lets us in.")
