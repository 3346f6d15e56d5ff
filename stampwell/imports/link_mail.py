"""Sending the links of imported cards by mail: a job, each card once, in the language of its holder.

An owner asks for it, once for an import. A mail is kept together with the place where the job goes on. It is about what
the customer has and advertises nothing, so it goes to all whose address is known. It goes no further where the import
is undone, the shop is closed, or the owner stops it; what waits to be sent then is not sent any more.
"""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.brought.secrets import read_ahead, remembered
from stampwell.cards.links import card_url
from stampwell.clock import now
from stampwell.customers.changing import lock_customer
from stampwell.customers.messages import write_to_customer
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.imports.checking import terms_checked
from stampwell.imports.made_cards import MadeCard, next_made_cards
from stampwell.imports.refusals import ImportNotWritten
from stampwell.imports.rows import COLUMNS, ImportRow, Mailed, Written, lock_import, report_of
from stampwell.jobs.asking import ask_for
from stampwell.jobs.run import Run
from stampwell.mail.models import Rank
from stampwell.mail.queue import withdraw_mail_of_jobs
from stampwell.mail.writing import write_content
from stampwell.merchants.models import Merchant
from stampwell.programs.offering import program_name
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction

LINK_MAIL = "link_mail"  # the kind of the job
AT_ONCE = 50  # rows, whose customers are held in one step
LASTS = timedelta(days=14)  # while it is tried to be sent
_ASK = "UPDATE card_import SET mail_job_id = %s WHERE merchant_id = %s AND id = %s"
_STOP = "UPDATE card_import SET mail_stopped = %s WHERE merchant_id = %s AND id = %s"
_HOLD = f"SELECT {COLUMNS} FROM card_import WHERE merchant_id = %s AND mail_job_id = %s FOR UPDATE"


def ask_to_mail_links(merchant: Merchant, import_id: UUID, *, actor: Actor) -> None:
    """A second time it does nothing. Refuses: NotFound, ImportNotWritten."""
    with merchant_transaction(merchant.id) as tx:
        one = lock_import(tx, import_id)
        if one.mail_job_id:
            return
        if one.written is None or one.undo_job_id:
            raise ImportNotWritten
        tx.write(_ASK, (ask_for(tx, LINK_MAIL, asker=actor), tx.merchant_id, one.id))
        changed(tx, "import.mailed", by=actor, name=one.name, subject_id=one.id)


def stop_mailing_links(merchant: Merchant, import_id: UUID) -> None:
    """What was sent is sent. A second time it does nothing. Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        one = lock_import(tx, import_id)
        if one.mail_job_id and one.mail_stopped is None:
            tx.write(_STOP, (now(), tx.merchant_id, one.id))
            withdraw_mail_of_jobs([one.mail_job_id])


def mail_links(run: Run) -> None:
    while _mail_further(run):
        pass


def _mail_further(run: Run) -> bool:
    """Whether there may be more."""
    with run.step() as tx:
        one = tx.row(ImportRow, _HOLD, (tx.merchant_id, run.job_id))
        merchant = Merchant.objects.get(id=tx.merchant_id)
        if one is None or one.undo_job_id or one.mail_stopped or merchant.closed:
            return False
        if run.total is None:
            run.note(tx, total=report_of(tx, one.write_job_id, Written).addresses)
        first = int(run.cursor or 2)
        last = min(first + AT_ONCE - 1, one.rows + 1)
        cards = sorted(next_made_cards(tx, one, first=first, last=last), key=lambda card: card.customer_id)
        program = program_name(terms_checked(one, merchant))
        with remembered():
            read_ahead((card.id, card.issue) for card in cards)
            mailed = sum(_mail(tx, merchant, program, card, job_id=run.job_id) for card in cards)
        report = Mailed(run.report_so_far(Mailed).mails + mailed)
        run.note(tx, done=report.mails, cursor=str(last + 1), report=report)
        return last <= one.rows


def _mail(tx: Statements, merchant: Merchant, program: str, card: MadeCard, *, job_id: UUID) -> bool:
    """Not to somebody who was erased meanwhile, or has no address."""
    try:
        customer = lock_customer(tx, card.customer_id)
    except NotFound:
        return False
    if not customer.email:
        return False
    with override(card.locale), timezone.override(ZoneInfo(merchant.time_zone)):
        facts = {
            "shop": merchant.name,
            "program": program,
            "stamps": card.stamps,
            "url": card_url(merchant.slug, card.id, card.issue),
        }
        content = write_content("mail/card_link", facts, button=_("Open my card"))
    write_to_customer(
        tx,
        customer,
        content,
        kind="card_link",
        expires=now() + LASTS,
        about=card.id,
        job_id=job_id,
        rank=Rank.TO_MANY,
    )
    return True
