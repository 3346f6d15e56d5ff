"""What is done to a card by hand: stamps, undoing, handing out, giving and taking back."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE, Purchase
from stampwell.cards.extending import extend_voucher
from stampwell.cards.giving import give_voucher
from stampwell.cards.models import Stamp
from stampwell.cards.refusals import ReasonMissing
from stampwell.cards.rows import read_card
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.ids import private_id, wanted_id
from stampwell.journal.wanted import FIRST_DAY, LAST_DAY
from stampwell.languages.formatting import format_end, format_number
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import LONGEST_GIVEN, clean_text, text_in
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.form_keys import Said
from stampwell.web.dashboard.lookup import locations_of
from stampwell.web.dashboard.money import AmountField


class CountUnclear(Refusal):
    """The number of stamps or the amount cannot be read."""

    code = "count_unclear"
    kind = Kind.INVALID
    title = gettext_lazy("This number cannot be used")
    staff_text = gettext_lazy("The number of stamps or the amount cannot be read.")
    customer_text = gettext_lazy("The number of stamps or the amount cannot be read.")
    what_to_do = gettext_lazy("Enter a whole number of stamps from 1 to %(most)s, or an amount such as 12.50.")


class ExtendingNeedsReason(ReasonMissing):
    staff_text = gettext_lazy("Extending a voucher needs a reason, so that everyone can understand it later.")
    customer_text = gettext_lazy("Extending a voucher needs a reason.")


class LastDayUnclear(Refusal):
    code = "voucher_last_day_unclear"
    kind = Kind.INVALID
    title = gettext_lazy("Choose another last day")
    staff_text = gettext_lazy("The last day is missing or cannot be read.")
    customer_text = gettext_lazy("The last day is missing or cannot be read.")
    what_to_do = gettext_lazy("Choose the day on which the voucher can be used for the last time.")


type Act = Callable[[], Said]


def stamping(request: HttpRequest, desk: Desk, card_id: UUID) -> Act:
    """Adds stamps, or what an amount earns."""

    def act() -> Said:
        purchase = _read_purchase(request, desk.merchant, card_id)
        actor = desk.actor(_location(request, desk.merchant))
        return Said(_say_stamped(add_stamp(desk.merchant, card_id, purchase, actor=actor)))

    return act


def undoing(request: HttpRequest, desk: Desk, card_id: UUID, stamp: str) -> Act:
    def act() -> Said:
        stamp_id = wanted_id("stp", stamp)
        if not Stamp.objects.filter(merchant=desk.merchant, id=stamp_id, card_id=card_id).exists():
            raise NotFound
        undone = undo_stamp(desk.merchant, stamp_id, reason=_reason(request), actor=desk.actor())
        if undone.recalled:
            return Said(_("The stamp has been undone, and the voucher that it earned has been withdrawn."))
        return Said(_("The stamp has been undone."))

    return act


def handing_out(request: HttpRequest, desk: Desk, card_id: UUID, voucher: str) -> Act:
    def act() -> Said:
        voucher_id = wanted_id("vch", voucher)
        if not Voucher.objects.filter(merchant=desk.merchant, id=voucher_id, card_id=card_id).exists():
            raise NotFound
        done = hand_over(desk.merchant, voucher_id, actor=desk.actor(_location(request, desk.merchant)))
        reward = _text(done.facts.voucher.reward.name, desk.merchant)
        return Said(_("Handed out: %(reward)s. The voucher is used.") % {"reward": reward})

    return act


def giving(request: HttpRequest, desk: Desk, card_id: UUID) -> Act:
    """A voucher by hand, for one of the program's rewards."""

    def act() -> Said:
        reward_id = wanted_id("rwd", request.POST.get("reward", ""))
        given = give_voucher(desk.merchant, card_id, reward_id, actor=desk.actor())
        return Said(_("Voucher given: %(reward)s") % {"reward": _text(given.facts.reward.name, desk.merchant)})

    return act


def extending(request: HttpRequest, desk: Desk, card_id: UUID, voucher: str) -> Act:
    """A later last day, which ends where the voucher can be used."""

    def act() -> Said:
        row = Voucher.objects.filter(merchant=desk.merchant, id=wanted_id("vch", voucher), card_id=card_id).first()
        if row is None:
            raise NotFound
        reason, last_day = _reason(request, ExtendingNeedsReason), _last_day(request)
        places = terms_of(desk.merchant.id, row.version_id).reward(row.reward_id).location_ids
        clocks = clocks_of(desk.merchant, places)
        until = clocks.end_of_day(last_day)
        done = extend_voucher(desk.merchant, row.id, until=until, reason=reason, actor=desk.actor())
        reward = _text(done.facts.voucher.reward.name, desk.merchant)
        if over := done.facts.extension.reward_ends_at:
            end = format_end(over, clocks.zone_of(over))
            return Said(
                _("Voucher extended: %(reward)s. The reward itself ends before that: %(end)s.")
                % {"reward": reward, "end": end}
            )
        return Said(_("Voucher extended: %(reward)s") % {"reward": reward})

    return act


def taking_back(request: HttpRequest, desk: Desk, card_id: UUID, redemption: str) -> Act:
    def act() -> Said:
        redemption_id = wanted_id("rdm", redemption)
        used = Redemption.objects.filter(merchant=desk.merchant, id=redemption_id).first()
        if used is None or not _is_of_card(desk.merchant, used, card_id):
            raise NotFound
        give_back(desk.merchant, redemption_id, reason=_reason(request), actor=desk.actor())
        return Said(_("The voucher is restored. The customer can use it again."))

    return act


def _is_of_card(merchant: Merchant, used: Redemption, card_id: UUID) -> bool:
    return Voucher.objects.filter(merchant=merchant, id=used.voucher_id, card_id=card_id).exists()


def _read_purchase(request: HttpRequest, merchant: Merchant, card_id: UUID) -> Purchase:
    override = request.POST.get("override") == "yes"
    if amount := request.POST.get("amount", ""):
        return _read_amount(amount, merchant, card_id, override=override)
    count = request.POST.get("count", "")
    if not count.isdecimal() or len(count) > 4 or not 1 <= int(count) <= MOST_STAMPS_AT_ONCE:
        raise CountUnclear(most=MOST_STAMPS_AT_ONCE)
    return Purchase(count=int(count), override=override)


def _read_amount(text: str, merchant: Merchant, card_id: UUID, *, override: bool) -> Purchase:
    """The currency goes with the amount: until the card is stamped, a round in another one may have begun."""
    with merchant_transaction(merchant.id) as tx:
        card, _open = read_card(tx, card_id)
    currency = terms_of(merchant.id, card.version_id).currency
    try:
        amount = AmountField(currency=currency).clean(text)
    except ValidationError:
        raise CountUnclear(most=MOST_STAMPS_AT_ONCE) from None
    assert amount is not None, "an empty amount was no amount"
    return Purchase(amount=amount, currency=currency, override=override)


def _location(request: HttpRequest, merchant: Merchant) -> UUID | None:
    """Where it happens: the place that was chosen, or the only one there is."""
    locations = locations_of(merchant)
    if len(locations) == 1:
        return locations[0].id
    chosen = private_id("loc", request.POST.get("location", ""))
    return chosen if chosen in {location.id for location in locations} else None


def _reason(request: HttpRequest, missing: type[ReasonMissing] = ReasonMissing) -> str:
    reason = clean_text(request.POST.get("reason", "")[:LONGEST_GIVEN])[:300]
    if not reason:
        raise missing
    return reason


def _last_day(request: HttpRequest) -> date:
    try:
        day = date.fromisoformat(request.POST.get("last_day", ""))
    except ValueError:
        raise LastDayUnclear from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise LastDayUnclear
    return day


def _say_stamped(done: Stamped) -> str:
    facts = {"count": format_number(done.stamp.count)}
    if done.issued:
        return (
            ngettext(
                "%(count)s stamp added. A reward is ready on this card.",
                "%(count)s stamps added. A reward is ready on this card.",
                done.stamp.count,
            )
            % facts
        )
    if not done.stamp.count:
        return _("The amount is kept on the card and counts towards the next stamp.")
    return ngettext("%(count)s stamp added.", "%(count)s stamps added.", done.stamp.count) % facts


def _text(given: str | dict[str, str], merchant: Merchant) -> str:
    return given if isinstance(given, str) else text_in(given, active_locale(), merchant.locale)
