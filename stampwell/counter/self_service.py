"""What a device may do on which nobody of the shop stands: a kiosk stamps less than staff may."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from stampwell.cards.earning import counted_day, seconds_until_next, since_last_stamp
from stampwell.cards.refusals import CoolingDown, DailyCapReached
from stampwell.cards.rows import CardRow
from stampwell.languages.typed import plain_number
from stampwell.merchants.models import Merchant, Station
from stampwell.refusal import Refusal


class KioskDailyCapReached(DailyCapReached):
    """The limit of this device; staff may go on up to that of the program. Facts: cap."""

    staff_text = ngettext_lazy(
        "The kiosk adds no more stamps to this card today: its limit is %(cap)d stamp a day.",
        "The kiosk adds no more stamps to this card today: its limit is %(cap)d stamps a day.",
        "cap",
    )
    customer_text = ngettext_lazy(
        "Here you can collect %(cap)d stamp a day on this card.",
        "Here you can collect %(cap)d stamps a day on this card.",
        "cap",
    )
    what_to_do = _("If it is another purchase, stamp the card with the scanner.")
    what_customer_can_do = _("If it is another purchase, show your card to the staff.")


def why_not_alone(merchant: Merchant, station: Station, card: CardRow, at: datetime) -> Refusal | None:
    """Why the kiosk does not stamp this card at that moment, beside all that holds for staff. Any stamp counts, also
    those that staff gave: the limits are for a card that is held up again and again, by whomever.
    """
    return _too_soon(station, card, at) or _over_cap(merchant, station, card, at)


def is_only_a_number(code: str) -> bool:
    """Whether it could be told by heart. Staff see whose phone it is; a kiosk sees nothing but the code."""
    return bool(plain_number(code))


def _too_soon(station: Station, card: CardRow, at: datetime) -> Refusal | None:
    passed, pause = since_last_stamp(card, at), timedelta(seconds=station.pause_seconds)
    if passed is None or passed >= pause:
        return None
    return CoolingDown(seconds=seconds_until_next(pause - passed))


def _over_cap(merchant: Merchant, station: Station, card: CardRow, at: datetime) -> Refusal | None:
    if station.most_a_day is None:
        return None
    today = counted_day(merchant, card.stamped_day, station.location_id, at)
    given = card.stamps_that_day if card.stamped_day == today else 0
    return KioskDailyCapReached(cap=station.most_a_day) if given >= station.most_a_day else None
