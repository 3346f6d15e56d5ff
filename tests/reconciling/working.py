"""A shop whose codes are shown, the till's reports about them, and a worker that compares."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.reconciling.asking import ask_to_compare, find_reconciliation
from stampwell.reconciling.found import Found
from stampwell.reconciling.models import ReconciledRow
from stampwell.reconciling.receiving import receive_report
from stampwell.reconciling.rows import JoinedReconciliation
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.revealing import reveal_code
from tests.moments import COUNTDOWN
from tests.web.customer import AT_ONCE
from tests.world import COFFEE, Offer, Shop

RIGA = ZoneInfo("Europe/Riga")
LATER = timedelta(hours=12)  # than what was shown: a till's report comes afterwards
HEADINGS = "Code,Date and time,Location,Discount,Receipt number"


def coffee_shop(shop: Shop, **changes: object) -> Offer:
    """One stamp, one coffee, and no pause in between."""
    return shop.publish(goal=1, milestones=[COFFEE | {"stamps": 1}], earning=AT_ONCE, **changes)


def show_one(offer: Offer, at: datetime | None = None) -> Redemption:
    """A card that earns a coffee and shows its code, until it counts as used."""
    moment = at or now()
    with stopped_at(moment):
        card = offer.card()
        add_stamp(offer.shop.merchant, card.id, Purchase(count=1), actor=offer.shop.actor)
        voucher = card.open_vouchers[0]
        reveal_code(offer.shop.merchant, voucher.id)
    with stopped_at(moment + COUNTDOWN + timedelta(seconds=1)):
        let_vouchers_age(offer.shop.merchant.id)
    return Redemption.objects.get(voucher_id=voucher.id)


def line_of(code: str, at: datetime, place: str = "", discount: str = "3.50", receipt: str = "") -> str:
    return f"{code},{at.astimezone(RIGA):%Y-%m-%d %H:%M:%S},{place},{discount},{receipt}"


def report_of(*lines: str) -> str:
    return "\n".join([HEADINGS, *lines, ""])


def hand_in(shop: Shop, content: str | bytes, name: str = "till.csv") -> UUID:
    raw = content.encode() if isinstance(content, str) else content
    with stopped_at(now() + LATER):
        return receive_report(shop.merchant, io.BytesIO(raw), name=name, actor=shop.actor)


def found_of(shop: Shop, reconciliation_id: UUID) -> JoinedReconciliation:
    return find_reconciliation(shop.merchant.id, reconciliation_id)


def ask(shop: Shop, reconciliation_id: UUID, **changes: object) -> None:
    choice = msgspec.structs.replace(found_of(shop, reconciliation_id).chosen, **changes)
    with stopped_at(now() + LATER):
        ask_to_compare(shop.merchant, reconciliation_id, choice, actor=shop.actor)


def work(shop: Shop, reconciliation_id: UUID, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    job_id = found_of(shop, reconciliation_id).job_id
    assert job_id is not None
    job = Job.objects.get(id=job_id)
    assert job.place is not None
    with stopped_at(now() + LATER):
        work_on(job.merchant_id, job.id, place=job.place, kinds=KINDS, is_stopping=is_stopping)


def compare(shop: Shop, content: str | bytes, **changes: object) -> Found:
    """What came of the whole way."""
    reconciliation_id = hand_in(shop, content)
    ask(shop, reconciliation_id, **changes)
    work(shop, reconciliation_id)
    found = found_of(shop, reconciliation_id).has_found
    assert found is not None
    return found


def rows_kept(shop: Shop, *fields: str) -> Sequence[tuple[object, ...]]:
    return list(ReconciledRow.objects.filter(merchant=shop.merchant).order_by("id").values_list(*fields))
