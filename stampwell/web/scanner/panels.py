"""What the scanner shows after each act: a panel in the staff member's language, a tone, and how long undo works."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from django.template.loader import render_to_string
from django.utils import translation

from stampwell.cards.earning import DUPLICATE_WINDOW
from stampwell.cards.honouring import may_honour_paper
from stampwell.cards.refusals import CoolingDown, DailyCapReached, DuplicateScan, OutsideHours
from stampwell.cards.rows import CardRow, read_card
from stampwell.cards.stamping import Stamped
from stampwell.cards.undoing import SCANNER_UNDO, Undone
from stampwell.clock import now
from stampwell.counter.handing_over import GivenBack, HandedOver
from stampwell.counter.receipt_scans import ScannedReceipt
from stampwell.counter.scanning import ScannedVoucher
from stampwell.ids import public_id
from stampwell.languages.explaining import explain
from stampwell.languages.formatting import Money
from stampwell.languages.offered import active_locale, direction_of
from stampwell.merchants.managers import NeedsManager, managers_with_pin
from stampwell.offline.waiting_rewards import WaitingReward
from stampwell.programs.terms import Terms, terms_of
from stampwell.receipts.worth import say_worth
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.checking import LIVE, OwnUse
from stampwell.vouchers.rows import VoucherRow, still_open
from stampwell.web.scanner.amount_facts import amounts_on
from stampwell.web.scanner.discounts import taken_off, takes_amount
from stampwell.web.scanner.named_cards import Named, named_text
from stampwell.web.scanner.presence import Shift
from stampwell.web.scanner.tickets import Ticket, conditions_of, see_tickets
from stampwell.web.seen import note_refusal
from stampwell.web.stations.answering import Told
from stampwell.web.stations.progress import name_reward, see_progress

TAKE_BACK = SCANNER_UNDO
NO_STAMP_NOW = (CoolingDown, DuplicateScan, DailyCapReached, OutsideHours)
Tone = Literal["good", "attention", "bad"]


class Panel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`undo_until` is in milliseconds since 1970, by the server's clock."""

    outcome: Literal[
        "stamped",
        "needs_amount",
        "needs_manager",
        "offer",
        "handed_over",
        "own_use",
        "given_back",
        "undone",
        "receipt_code",
        "refused",
        "found",
    ]
    tone: Tone
    html: str
    undo_until: int | None = None
    told: Told | None = None


class CustomerWords(msgspec.Struct, frozen=True):
    """What to tell the customer, in the customer's own language."""

    text: str
    locale: str
    direction: str


def show_stamped(shift: Shift, stamped: Stamped, *, live: bool | None = None, named: Named) -> Panel:
    """`live` says of the code that was scanned whether it could be an old picture; None where none was. `named` says
    how the card came to the counter, and the next tap says it again; its rotating code is used up.
    """
    stamp, named = stamped.stamp, msgspec.structs.replace(named, step=None)
    terms = terms_of(shift.merchant.id, stamped.card.version_id)
    context = {
        "progress": see_progress(shift.merchant, stamped.card, stamped.vouchers, at=stamp.at, stamped=stamped),
        "tickets": see_tickets(shift, stamped.card, stamped.vouchers, fresh={voucher.id for voucher in stamped.issued}),
        "stamp": stamped.facts.stamp,
        "more_from": _milliseconds(stamp.at + _hard_window(terms)),
        "live": live,
        "named": named_text(stamped.card.id, named),
        "most": shift.merchant.most_stamps_with_override,
        "takes_old_paper": may_honour_paper(shift.merchant, stamped.card, at=stamp.at),
    }
    html = _draw("stamped", context)
    told, until = Told(locale=active_locale(), added=stamp.count), _milliseconds(stamp.at + SCANNER_UNDO)
    return Panel(outcome="stamped", tone="good", html=html, undo_until=until, told=told)


def ask_amount(
    shift: Shift,
    card: CardRow,
    vouchers: Sequence[VoucherRow],
    *,
    typed: str = "",
    wrong: Refusal | None = None,
    live: bool | None = None,
    named: Named,
) -> Panel:
    terms = terms_of(shift.merchant.id, card.version_id)
    amounts = amounts_on(card, terms)
    context = {
        "progress": see_progress(shift.merchant, card, vouchers, at=now()),
        "tickets": [ticket for ticket in see_tickets(shift, card, vouchers) if ticket.can_be_used],
        "amounts": amounts,
        "known": msgspec.json.encode(amounts).decode(),
        "least": Money(amounts.least, terms.currency),
        "typed": typed[:20],
        "wrong": explain(wrong, shift.counter.zone, at=now()) if wrong else None,
        "live": live,
        "named": named_text(card.id, named),
    }
    tone: Tone = "bad" if wrong else "attention"
    return Panel(outcome="needs_amount", tone=tone, html=_draw("amount", context), told=Told(locale=active_locale()))


def show_offer(shift: Shift, offered: ScannedVoucher, named: Named, *, waiting: WaitingReward | None = None) -> Panel:
    """`waiting` is a hand-out of this voucher that the owner has not decided yet."""
    terms = terms_of(shift.merchant.id, offered.voucher.version_id)
    reward = terms.reward(offered.voucher.reward_id)
    context: dict[str, object] = {
        "lines": conditions_of(reward, terms),
        "takes_amount": takes_amount(reward),
        "waiting": waiting,
        "voucher": offered.facts.voucher,
        "name": name_reward(shift.merchant, offered.voucher),
        "named": named_text(offered.card.id, named),
    }
    return Panel(outcome="offer", tone="attention", html=_draw("offer", context), told=Told(locale=active_locale()))


def show_receipt_code(shift: Shift, scanned: ScannedReceipt) -> Panel:
    """It is for the customer's own phone; the scanner does nothing with it."""
    context = {"worth": say_worth(scanned.batch), "until": scanned.batch.expires}
    return Panel(outcome="receipt_code", tone="attention", html=_draw("receipt_code", context))


def show_handed_over(shift: Shift, handed: HandedOver, named: Named, *, amount: str = "") -> Panel:
    """`amount` is that of the purchase, where staff have typed it."""
    at, voucher = handed.redemption.at, handed.voucher
    reward = terms_of(shift.merchant.id, voucher.version_id).reward(voucher.reward_id)
    context: dict[str, object] = {
        "redemption": handed.facts.redemption,
        "taken": taken_off(handed.redemption, reward, amount),
        "name": name_reward(shift.merchant, voucher),
        "tickets": see_tickets(shift, handed.card, handed.vouchers),
        "named": named_text(handed.card.id, named),
    }
    until = _milliseconds(at + TAKE_BACK)
    return Panel(outcome="handed_over", tone="good", html=_draw("handed_over", context), undo_until=until)


def show_own_use(shift: Shift, use: OwnUse, voucher: VoucherRow) -> Panel:
    context = {
        "redemption": public_id("rdm", use.id),
        "at": use.at,
        "name": name_reward(shift.merchant, voucher),
    }
    until = _milliseconds(use.at + LIVE)
    return Panel(outcome="own_use", tone="attention", html=_draw("own_use", context), undo_until=until)


def show_given_back(shift: Shift, given: GivenBack) -> Panel:
    context = {"voucher": given.facts.voucher, "name": name_reward(shift.merchant, given.voucher)}
    return Panel(outcome="given_back", tone="attention", html=_draw("given_back", context))


def show_undone(shift: Shift, undone: Undone) -> Panel:
    recalled = [name_reward(shift.merchant, voucher) for voucher in undone.recalled]
    progress = see_progress(shift.merchant, undone.card, undone.vouchers, at=undone.stamp.at)
    context = {"progress": progress, "taken": -undone.stamp.count, "recalled": recalled}
    return Panel(outcome="undone", tone="attention", html=_draw("undone", context))


def show_refusal(
    shift: Shift,
    refusal: Refusal,
    card: CardRow | None = None,
    *,
    amount: str = "",
    named: Named | None = None,
) -> Panel:
    """Why not, what to tell the customer, and what to do; a stamp that comes too soon may be given anyway."""
    note_refusal(refusal)
    tickets = _rewards_all_the_same(shift, refusal, card)
    return draw_refusal(shift, refusal, card, tickets=tickets, amount=amount, named=named)


def draw_refusal(
    shift: Shift,
    refusal: Refusal,
    card: CardRow | None = None,
    *,
    tickets: Sequence[Ticket] = (),
    amount: str = "",
    named: Named | None = None,
) -> Panel:
    """As `show_refusal`, also for a card that is not there and a refusal that counts nowhere."""
    tone: Tone = "attention" if refusal.retryable else "bad"
    context: dict[str, object] = {
        "tone": tone,
        "said": explain(refusal, shift.counter.zone, at=now()),
        "customer": words_for_customer(shift, refusal, card),
        "amount": amount,
        "tickets": tickets,
        "named": named_text(card.id, named) if card and named else "",
    }
    if card and isinstance(refusal, CoolingDown):
        terms = terms_of(shift.merchant.id, card.version_id)
        context |= {"card_id": public_id("crd", card.id), "anyway_from": _anyway_from(card, terms)}
    told = Told(locale=active_locale(), code=refusal.code)
    return Panel(outcome="refused", tone=tone, html=_draw("refused", context), told=told)


def ask_manager(
    shift: Shift,
    refusal: Refusal,
    card: CardRow | None = None,
    *,
    action: str,
    fields: Mapping[str, str | int | None] | None = None,
    person: str = "",
) -> Panel:
    """The same once more, with the PIN of a manager: `action` takes it with the `fields`. `refusal` says why one is
    needed, or why the PIN of `person` was not taken.
    """
    people = [(public_id("stf", member.id), member.name) for member in managers_with_pin(shift.merchant)]
    if not people:
        return show_refusal(shift, refusal, card)
    note_refusal(refusal)
    said = explain(refusal, shift.counter.zone, at=now())
    context: dict[str, object] = {
        "said": said,
        "wrong": None if isinstance(refusal, NeedsManager) else said,
        "customer": words_for_customer(shift, refusal, card),
        "people": people,
        "chosen": person,
        "action": action,
        "fields": [(name, value) for name, value in (fields or {}).items() if value],
    }
    return Panel(outcome="needs_manager", tone="attention", html=_draw("manager", context))


def words_for_customer(shift: Shift, refusal: Refusal, card: CardRow | None) -> CustomerWords:
    locale = card.locale if card else shift.merchant.locale
    with translation.override(locale):
        said = explain(refusal, shift.counter.zone, at=now())
    return CustomerWords(said.customer_message, locale, direction_of(locale))


def _rewards_all_the_same(shift: Shift, refusal: Refusal, card: CardRow | None) -> list[Ticket]:
    """A card that gets no stamp now may have a reward ready: its customer need not come again for it."""
    if card is None or card.state != "active" or not isinstance(refusal, NO_STAMP_NOW):
        return []
    with merchant_transaction(shift.merchant.id) as tx:
        _card, vouchers = read_card(tx, card.id)
    return [ticket for ticket in see_tickets(shift, card, still_open(vouchers, now())) if ticket.can_be_used]


def _anyway_from(card: CardRow, terms: Terms) -> int:
    assert card.last_stamp is not None, "a card that cools down was stamped"
    return _milliseconds(card.last_stamp + _hard_window(terms))


def _hard_window(terms: Terms) -> timedelta:
    return min(DUPLICATE_WINDOW, timedelta(seconds=terms.cooldown_seconds))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _draw(name: str, context: dict[str, object]) -> str:
    # strip() also makes a plain string of it, which is what msgspec writes.
    return render_to_string(f"scanner/panels/{name}.html", context).strip()
