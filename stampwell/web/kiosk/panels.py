"""What the kiosk answers, in the active language: how far the card is, or why not and where to turn."""

from typing import Literal

import msgspec
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from stampwell.cards.stamping import Stamped
from stampwell.clock import now
from stampwell.languages.explaining import explain
from stampwell.languages.offered import active_locale, direction_of
from stampwell.receipts.codes import ReceiptCodeIncomplete, ReceiptCodeMistyped
from stampwell.refusal import Refusal
from stampwell.vouchers.rows import VoucherRow
from stampwell.web.seen import note_refusal
from stampwell.web.stations.presence import Counter
from stampwell.web.stations.progress import name_reward, see_progress

_TO_BE_TYPED = (ReceiptCodeIncomplete, ReceiptCodeMistyped)


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    outcome: Literal["stamped", "to_staff", "refused"]
    tone: Literal["good", "attention", "bad"]
    html: str


def show_stamped(counter: Counter, stamped: Stamped) -> Panel:
    progress = see_progress(counter.merchant, stamped.card, stamped.vouchers, at=stamped.stamp.at, stamped=stamped)
    return _panel("stamped", "good", "stamped", progress=progress)


def send_reward_to_staff(counter: Counter, voucher: VoucherRow) -> Panel:
    return _panel("to_staff", "attention", "reward", reward=name_reward(counter.merchant, voucher))


def send_amount_to_staff() -> Panel:
    return _panel("to_staff", "attention", "amount")


def show_refusal(counter: Counter, refusal: Refusal) -> Panel:
    note_refusal(refusal)
    said = explain(refusal, counter.zone, at=now())
    # Nothing is typed here, which is what these advise.
    advice = _("Ask the staff at the counter.") if isinstance(refusal, _TO_BE_TYPED) else said.what_customer_can_do
    return _panel("refused", "attention", "refused", said=said, advice=advice)


def _panel(
    outcome: Literal["stamped", "to_staff", "refused"], tone: Literal["good", "attention"], name: str, **facts: object
) -> Panel:
    context = {"locale": active_locale(), "direction": direction_of(active_locale()), **facts}
    return Panel(outcome=outcome, tone=tone, html=render_to_string(f"kiosk/panels/{name}.html", context).strip())
