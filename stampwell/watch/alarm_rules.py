"""What of the figures is wrong, in a sentence that says what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from stampwell.clock import now
from stampwell.log_secrets import without_people
from stampwell.mail.queue import QueueLength
from stampwell.transactions.replica import Look
from stampwell.watch.alarms import DAILY, Alarm
from stampwell.watch.disk import Space
from stampwell.watch.figures import Figures
from stampwell.watch.shown_certificate import ShownCertificate

WORKER = "worker"
PUBLIC_CERTIFICATE = "public_certificate"
MAIL = "mail"  # of which no mail can tell
WAIT = timedelta(minutes=10)  # of an event; usually it is half a second
MAIL_WAITS = timedelta(minutes=30)
BACKUP_PLANNED, BACKUP_BY_HAND = timedelta(hours=26), timedelta(days=8)  # how old one may become
REFUSED = timedelta(hours=1)
REPLICA = timedelta(minutes=10)
ERRORS = 10  # in ten minutes
# Days before a certificate ends, and how bad that is.
STAGES = ((0, 4), (1, 3), (7, 2), (21, 1))


def find_alarms(figures: Figures) -> Iterator[Alarm]:
    yield from _events(figures)
    yield from _disks(figures.disks)
    for name, ends in figures.certificates.items():
        yield from _certificate(name, ends)
    if figures.public_certificate and figures.public_certificate.ends != figures.certificates.get("https"):
        yield from _public_certificate(figures.public_certificate)
    yield from _backup(figures)
    yield from _refused(figures.refused)
    yield from _mail(figures.mail)
    yield from _errors(figures.errors)
    yield from _replica(figures.replica)


def judged_by_worker(figures: Figures, figure: str) -> bool:
    """Of a figure that could not be taken nobody knows whether it is well; of mail that waits no mail tells."""
    unseen = set() if figures.public_certificate else {PUBLIC_CERTIFICATE}
    return figure not in {WORKER, MAIL, *figures.missing, *unseen}


def worker_stands_still(silent: timedelta | None) -> Alarm:
    seen = "has never been seen" if silent is None else f"was last seen {_long(silent)} ago"
    return Alarm(
        figure=WORKER,
        name=WORKER,
        title="The worker stands still",
        said=f"The worker {seen}: cards in phones do not change, vouchers do not end, no job is done. Start it, or "
        "look into its log for the step that hangs.",
        after=timedelta(minutes=3),
    )


@dataclass(frozen=True)
class DatabaseAway:
    since: datetime
    reason: str
    title: str = "The database does not answer"

    @property
    def said(self) -> str:
        return f"The database does not answer: {without_people(self.reason)}. Nothing works until it does."


def _events(figures: Figures) -> Iterator[Alarm]:
    if figures.events and (waits := timedelta(seconds=figures.events.oldest_seconds)) > WAIT:
        yield Alarm(
            figure="events",
            name="events",
            title="Events wait",
            said=f"{figures.events.waiting} events wait, the oldest for {_long(waits)}: cards in phones and figures "
            "are behind. The worker's log says which shop's events cannot be put in order.",
        )


def _disks(disks: dict[str, Space]) -> Iterator[Alarm]:
    told: set[int] = set()
    for name, space in disks.items():
        if space.is_nearly_full and space.device not in told:
            told.add(space.device)  # a data folder and its database are usually on one disk
            yield Alarm(
                figure="disks",
                name=f"disks {name}",
                title="The disk is nearly full",
                said=f"Of the disk of the {name} {space.free / 2**30:.1f} of {space.total / 2**30:.1f} GB are free. "
                "When it is full, nobody can be given a stamp. Free some space.",
            )


def _certificate(name: str, ends: datetime) -> Iterator[Alarm]:
    left = ends - now()
    for days, stage in STAGES:
        if left <= timedelta(days=days):
            when = f"ended on {ends:%d %B %Y}" if stage == 4 else f"ends on {ends:%d %B %Y}"
            yield Alarm(
                figure="certificates",
                name=f"certificates {name}",
                title=f"The certificate {name} {when.partition(' ')[0]}",
                said=f"The certificate {name} {when}. Renew it; the new one is read without a restart.",
                stage=stage,
                again=timedelta(days=1) if stage == 4 else None,
            )
            return


def _public_certificate(shown: ShownCertificate) -> Iterator[Alarm]:
    """Who renews it does so in good time by itself, so it is told when that did not happen; worse as the end nears."""
    left = shown.ends - now()
    if left >= shown.renewal_time:
        return
    stage = 3 if left <= timedelta() else 2 if left < shown.renewal_time / 4 else 1
    when = f"{shown.ends:%d %B %Y}"
    is_over = stage == 3
    what = f"ended on {when}: phones refuse it" if is_over else f"ends on {when}, and should have been renewed"
    yield Alarm(
        figure=PUBLIC_CERTIFICATE,
        name=PUBLIC_CERTIFICATE,
        title=f"The certificate of {shown.host} {what.partition(' ')[0]}",
        said=f"The certificate of {shown.host} {what}. Renew it, and see why that did not happen by itself (`certbot "
        "renew`, or the log of Caddy).",
        stage=stage,
        again=DAILY if is_over else None,
    )


def is_backup_too_old(made: datetime, *, planned: bool) -> bool:
    return now() - made > (BACKUP_PLANNED if planned else BACKUP_BY_HAND)


def _backup(figures: Figures) -> Iterator[Alarm]:
    last = figures.backup
    if last is None and not figures.backup_planned:
        return  # nobody makes any, or by other means
    if last is not None and not is_backup_too_old(last, planned=figures.backup_planned):
        return
    seen = f"is {_long(now() - last)} old" if last else "has not been made yet"
    why = f" The last try failed: {figures.backup_trouble}" if figures.backup_trouble else ""
    yield Alarm(
        figure="backup",
        name="backup",
        title="The backup is too old",
        said=f"The last backup {seen}.{why} Make one with `stampwell backup`, and see why none was made.",
        after=timedelta() if last else BACKUP_PLANNED,
    )


def _refused(refused: dict[str, int]) -> Iterator[Alarm]:
    for wallet, count in refused.items():
        if count:
            yield Alarm(
                figure="refused",
                name=f"refused {wallet}",
                title=f"{wallet.title()} takes no changes of cards",
                said=f"For an hour {wallet.title()} has not let us change {count} cards. `stampwell wallet check` says "
                "which certificate, key or account is wrong.",
                after=REFUSED,
            )


def _mail(mail: QueueLength | None) -> Iterator[Alarm]:
    if mail and (waits := timedelta(seconds=mail.oldest_seconds)) > MAIL_WAITS:
        yield Alarm(
            figure=MAIL,
            name=MAIL,
            title="Mail waits",
            said=f"{mail.waiting} mails wait, the oldest for {_long(waits)}: nobody gets a link for a new password. "
            "`stampwell mail list` says why, `stampwell mail check` tries the mail server.",
        )


def _errors(errors: int) -> Iterator[Alarm]:
    if errors >= ERRORS:
        yield Alarm(
            figure="errors",
            name="errors",
            title="Pages fail",
            said=f"In ten minutes {errors} requests were answered with an error of ours. The web server's log has each "
            "of them with its traceback.",
        )


def _replica(look: Look | None) -> Iterator[Alarm]:
    if look and look.trouble:
        yield Alarm(figure="replica", name="replica", title="The replica is not read", said=look.said, after=REPLICA)


def _long(time: timedelta) -> str:
    """Two minutes and three days alike."""
    minutes = round(time.total_seconds() / 60)
    for length, unit in ((24 * 60, "days"), (60, "hours")):
        if minutes >= 2 * length:
            return f"{minutes // length} {unit}"
    return f"{minutes} minutes"
