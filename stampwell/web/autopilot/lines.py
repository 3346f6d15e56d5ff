"""What the autopilot answers: one line of its list, in the language of the till, and a tone that is heard."""

from typing import Literal

import msgspec
from django.template.loader import render_to_string
from django.utils import translation

from stampwell.cards.refusals import CoolingDown
from stampwell.cards.rows import CardRow
from stampwell.cards.stamping import Stamped
from stampwell.cards.undoing import SCANNER_UNDO, Undone
from stampwell.clock import now
from stampwell.counter.handing_over import HandedOver
from stampwell.counter.own_codes import NumberMistyped, UnknownCode
from stampwell.languages.explaining import explain
from stampwell.languages.offered import active_locale, direction_of
from stampwell.receipts.codes import ReceiptCodeIncomplete, ReceiptCodeMistyped
from stampwell.refusal import Refusal
from stampwell.vouchers.refusals import VoucherCodeMistyped
from stampwell.vouchers.rows import VoucherRow, handed_out_at
from stampwell.web.seen import note_refusal
from stampwell.web.stations.answering import Told
from stampwell.web.stations.kept_scans import Result, is_good, said_again
from stampwell.web.stations.presence import Counter
from stampwell.web.stations.progress import name_reward, say_handed_out, see_progress
from stampwell.web.visitors import milliseconds

Outcome = Literal["stamped", "handed_over", "ready", "needs_amount", "undone", "refused"]
Tone = Literal["good", "attention", "bad"]
TO_BE_TYPED = (NumberMistyped, VoucherCodeMistyped, ReceiptCodeMistyped, ReceiptCodeIncomplete)  # what they advise


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`undo_until` is in milliseconds since 1970, by the server's clock."""

    outcome: Outcome
    tone: Tone
    html: str
    undo_until: int | None = None
    told: Told | None = None


def show_stamped(counter: Counter, stamped: Stamped) -> Line:
    at = stamped.stamp.at
    progress = see_progress(counter.merchant, stamped.card, stamped.vouchers, at=at, stamped=stamped)
    html = _draw("stamped", progress=progress, stamp=stamped.facts.stamp)
    told = Told(locale=active_locale(), added=stamped.stamp.count)
    return Line(outcome="stamped", tone="good", html=html, undo_until=milliseconds(at + SCANNER_UNDO), told=told)


def show_handed_over(counter: Counter, handed: HandedOver) -> Line:
    return Line(
        outcome="handed_over",
        tone="good",
        html=_draw("handed_over", reward=name_reward(counter.merchant, handed.voucher)),
    )


def show_ready(counter: Counter, voucher: VoucherRow) -> Line:
    handed_out = handed_out_at(voucher, now())
    html = _draw(
        "ready",
        reward=name_reward(counter.merchant, voucher),
        handed_out=say_handed_out(handed_out, counter.zone) if handed_out else "",
    )
    return Line(outcome="ready", tone="attention", html=html)


def ask_for_amount() -> Line:
    told = Told(locale=active_locale())
    return Line(outcome="needs_amount", tone="attention", html=_draw("amount"), told=told)


def show_undone(undone: Undone) -> Line:
    return Line(outcome="undone", tone="attention", html=_draw("undone", taken=-undone.stamp.count))


def show_refusal(counter: Counter, refusal: Refusal, card: CardRow | None = None) -> Line:
    note_refusal(refusal)
    tone: Tone = "attention" if refusal.retryable else "bad"
    locale = card.locale if card else counter.merchant.locale
    with translation.override(locale):
        customer = explain(refusal, counter.zone, at=now()).customer_message
    html = _draw(
        "refused",
        said=explain(refusal, counter.zone, at=now()),
        is_unknown=type(refusal) is UnknownCode or isinstance(refusal, TO_BE_TYPED),
        cools_down=isinstance(refusal, CoolingDown),
        customer=customer,
        locale=locale,
        direction=direction_of(locale),
    )
    return Line(outcome="refused", tone=tone, html=html, told=Told(locale=active_locale(), code=refusal.code))


def say_anew(outcome: str, told: Told) -> Line | None:
    """What a scan was answered before, in the language that is active now."""
    if outcome == "needs_amount":
        return ask_for_amount()
    result = said_again(outcome, told)
    return show_kept(result, told) if result else None


def show_kept(result: Result, told: Told) -> Line:
    """A scan that had been answered otherwise, or in another language, and was sent alone once more."""
    return Line(
        outcome="stamped" if is_good(result) else "refused", tone=result.tone, html=_draw("kept", result=result)
    )


def _draw(name: str, **context: object) -> str:
    return render_to_string(f"autopilot/lines/{name}.html", context).strip()
