"""What owners set in the desk, judged by what its pages would take: who is responsible, how long customers stay,
old paper cards, prices, and drafts.
"""

import re
from collections.abc import Iterator
from uuid import UUID

import msgspec

from stampwell.cards.models import PaperRules
from stampwell.cards.paper_rules import MOST_A_DAY, MOST_STAMPS
from stampwell.customers.contact import Unfit, read_email, read_phone
from stampwell.customers.models import Retention
from stampwell.customers.retention import MONTHS
from stampwell.ids import public_id
from stampwell.merchants.imprint import is_web_page, read_imprint
from stampwell.programs.limits import MOST_MONEY
from stampwell.programs.models import Program, SavedDraft
from stampwell.programs.saved_drafts import FORM


def unfit_settings(merchant_id: UUID) -> Iterator[str]:
    imprint = read_imprint(merchant_id)
    if imprint.link and not is_web_page(imprint.link):
        yield f"The shop’s page about privacy is “{imprint.link}”, which leads nowhere on the web."
    if not _is_kept(imprint.email, imprint.phone):
        yield "Nobody can be reached at the email or the phone number that the shop tells."
    yield from _unfit_choices(merchant_id)
    for program in Program.objects.filter(merchant_id=merchant_id).order_by("id"):
        if not _is_priced(program):
            yield f"{public_id('prg', program.id)} has prices that are none."
    for draft in SavedDraft.objects.filter(merchant_id=merchant_id).order_by("id").iterator(chunk_size=10):
        if not _is_form(draft):
            yield f"{public_id('drf', draft.id)} holds no form of a program."


def _unfit_choices(merchant_id: UUID) -> Iterator[str]:
    for months in Retention.objects.filter(merchant_id=merchant_id).values_list("months", flat=True):
        if months not in MONTHS:
            yield f"The shop deletes customers after {months} months, which it could not set."
    for rules in PaperRules.objects.filter(merchant_id=merchant_id):
        if not (1 <= rules.most_stamps <= MOST_STAMPS and 1 <= rules.most_a_day <= MOST_A_DAY):
            yield "The shop’s limits for old paper cards are none that it could set."


def _is_kept(email: str, phone: str) -> bool:
    try:
        return (read_email(email), read_phone(phone)) == (email, phone)
    except Unfit:
        return False


def _is_priced(program: Program) -> bool:
    amounts = [amount for amount in (program.reward_cost, program.visit_value) if amount is not None]
    currency = "[A-Z]{3}" if amounts else ""
    return all(1 <= amount <= MOST_MONEY for amount in amounts) and bool(re.fullmatch(currency, program.priced_in))


def _is_form(draft: SavedDraft) -> bool:
    try:
        msgspec.convert(draft.fields, dict[str, list[str]])
    except msgspec.ValidationError:
        return False
    return draft.form == FORM
