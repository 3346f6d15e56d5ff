"""`stampwell jobs list|start|retry`: for who runs the installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.events.actors import OPERATOR
from stampwell.ids import private_id, public_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import ask_for, retry_job
from stampwell.jobs.models import Job
from stampwell.merchants.models import Merchant
from stampwell.transactions import merchant_transaction

MOST = 50


class Command(BaseCommand):
    help = "List what was asked for and how far it is, ask for more, or have what failed tried again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        listing = acts.add_parser("list", help=f"the latest {MOST}, the latest first")
        listing.add_argument("--shop", metavar="SLUG", help="of this shop only")
        listing.add_argument("--state", choices=Job.State.values, help="in this state only")
        starting = acts.add_parser("start", help="asks for a job; the worker does it")
        starting.add_argument("kind", choices=sorted(KINDS))
        starting.add_argument("--shop", metavar="SLUG", required=True)
        retrying = acts.add_parser("retry", help="has a job that has failed tried again, where it was")
        retrying.add_argument("job", metavar="ID", help="as the list tells it")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "list":
                self._list(options["shop"], options["state"])
            case "start":
                self._start(options["kind"], options["shop"])
            case "retry":
                self._retry(options["job"])

    def _list(self, slug: str | None, state: str | None) -> None:
        jobs = Job.objects.select_related("merchant").order_by("-id")
        if slug is not None:
            jobs = jobs.filter(merchant=_shop(slug))
        if state is not None:
            jobs = jobs.filter(state=state)
        for job in jobs[:MOST]:
            self.stdout.write(_line(job))

    def _start(self, kind: str, slug: str) -> None:
        with merchant_transaction(_shop(slug).id) as tx:
            job_id = ask_for(tx, kind, asker=OPERATOR)
        self.stdout.write(f"{public_id('job', job_id)} waits for the worker.")

    def _retry(self, text: str) -> None:
        job_id = private_id("job", text)
        job = Job.objects.filter(id=job_id).first() if job_id else None
        if job is None:
            raise CommandError(f"There is no job {text}.")
        if not retry_job(job.merchant_id, job.id):
            raise CommandError(f"{text} has not failed: it is {job.state}.")
        self.stdout.write(f"{text} waits for the worker.")


def _shop(slug: str) -> Merchant:
    shop = Merchant.objects.filter(slug=slug).first()
    if shop is None:
        raise CommandError(f"There is no shop {slug}.")
    return shop


def _line(job: Job) -> str:
    """Tab-separated, so that other programs can cut it."""
    progress = f"{job.done}/{'?' if job.total is None else job.total}"
    asked = job.created.isoformat(timespec="seconds")
    known = [public_id("job", job.id), job.merchant.slug, job.kind, job.state, progress, asked, job.source, job.problem]
    return "\t".join(known).rstrip("\t")
