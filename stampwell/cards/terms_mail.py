"""Telling customers by mail that the terms of their card will be worse or of another kind: a job, each customer once.

A mail is kept together with the place where the job goes on, and only while those terms are still announced; the row
of the program is held meanwhile, so that whoever takes them back finds all mail that has to be withdrawn. It leads
to no card: nobody has shown that the address is theirs, and who has the link of a card has the card. It is about what
the customer has and advertises nothing, so it goes to all who have left an address.
"""

from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.utils import timezone
from django.utils.translation import override

from stampwell.customers.changing import lock_customer
from stampwell.customers.describing import KnownCustomer
from stampwell.customers.messages import write_to_customer
from stampwell.jobs.run import Run
from stampwell.mail.checking import has_mail_server
from stampwell.mail.models import Rank
from stampwell.mail.writing import write_content
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program, ProgramVersion
from stampwell.programs.notice import describe_notice, say_notice
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound
from stampwell.transactions import Statements

TERMS_MAIL = "terms_mail"  # the kind of the job
AT_ONCE = 50  # customers who are held in one step
_NONE = UUID(int=0)
_TOLD = ("worse", "other")  # what is better needs no notice


class TermsMailReport(msgspec.Struct, frozen=True):
    mailed: int = 0


_WITH_ADDRESS = """
    FROM customer p WHERE p.merchant_id = %(merchant)s AND p.email <> '' AND p.erased IS NULL
    AND EXISTS (
        SELECT FROM card c WHERE c.merchant_id = p.merchant_id AND c.customer_id = p.id
        AND c.program_id = %(program)s AND c.state = 'active'
    )
"""
_COUNT = f"SELECT count(*) {_WITH_ADDRESS}"
_NEXT = f"SELECT p.id {_WITH_ADDRESS} AND p.id > %(after)s AND p.created <= %(at)s ORDER BY p.id LIMIT %(most)s"


def count_addresses(tx: Statements, program_id: UUID, verdict: str) -> int:
    """How many customers will be told by mail where such terms are announced."""
    if verdict not in _TOLD or not has_mail_server():
        return 0
    return tx.value(int, _COUNT, {"merchant": tx.merchant_id, "program": program_id}) or 0


def write_terms_mails(run: Run) -> None:
    """The job that `new_terms.change_terms` asks for."""
    while _write_further(run):
        pass


def _write_further(run: Run) -> bool:
    """Whether there may be more. Not where something else is announced by now, or nothing."""
    with run.step() as tx:
        version = ProgramVersion.objects.get(merchant_id=tx.merchant_id, mail_job_id=run.job_id)
        programs = Program.objects.select_for_update(of=("self",), no_key=True).select_related("merchant")
        program = programs.get(merchant_id=tx.merchant_id, id=version.program_id)
        if program.next_version_id != version.id or program.merchant.closed:
            return False
        facts = {"merchant": tx.merchant_id, "program": program.id}
        if run.total is None:
            run.note(tx, total=tx.value(int, _COUNT, facts))
        after = UUID(run.cursor) if run.cursor else _NONE
        customers = tx.values(UUID, _NEXT, facts | {"after": after, "at": version.published, "most": AT_ONCE})
        mailed = sum(_tell(tx, program, customer_id, job_id=run.job_id) for customer_id in customers)
        if customers:
            report = TermsMailReport(run.report_so_far(TermsMailReport).mailed + mailed)
            run.note(tx, done=run.done + len(customers), cursor=customers[-1].hex, report=report)
        return len(customers) == AT_ONCE


def _tell(tx: Statements, program: Program, customer_id: UUID, *, job_id: UUID) -> bool:
    """Not somebody who was erased meanwhile, or has taken the address out."""
    try:
        customer = lock_customer(tx, customer_id)
    except NotFound:
        return False
    if not customer.email:
        return False
    _keep(tx, program.merchant, program, customer, job_id=job_id)
    return True


def _keep(tx: Statements, merchant: Merchant, program: Program, customer: KnownCustomer, *, job_id: UUID) -> None:
    assert program.next_starts is not None, "there is something to announce"
    with override(customer.locale), timezone.override(ZoneInfo(merchant.time_zone)):
        facts = {
            "shop": merchant.name,
            "program": program_name(terms_of(merchant.id, program.current_version_id)),
            "notice": say_notice(merchant, describe_notice(merchant, program)),
        }
        content = write_content("mail/new_terms", facts)
    write_to_customer(
        tx,
        customer,
        content,
        kind="new_terms",
        expires=program.next_starts,
        job_id=job_id,
        rank=Rank.TO_MANY,
    )
