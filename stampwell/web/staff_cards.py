"""A card for the staff: the one thing to do, how rewards are handed out, and what each “no” means."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.cards.refusals import BelowMinimumSpend, CodeAlreadyUsed, CoolingDown, DailyCapReached, OutsideHours
from stampwell.languages.formatting import format_number
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import Texts, language_of_text
from stampwell.print_fonts import families, printing_fonts, without_unprintable
from stampwell.programs.discount_words import say_discount
from stampwell.programs.rules import say_times, say_what_counts
from stampwell.programs.terms import MilestoneTerms, Path, RewardTerms, Terms
from stampwell.refusal import Refusal
from stampwell.settings import PACKAGE
from stampwell.vouchers.refusals import (
    VoucherAlreadyRedeemed,
    VoucherAwaitsVisit,
    VoucherExpired,
    VoucherNotReady,
    WrongLocation,
    WrongTime,
)
from stampwell.wallet.look.colours import readable_on

TEMPLATE = PACKAGE / "templates" / "posters" / "staff_card.typ"
MOST_REWARDS_NAMED = 6  # more would leave no room for what to do with them


@dataclass(frozen=True)
class Paper:
    """`page` is Typst's name; a card of A6 stands at each of `places` (mm), with lines to cut along between them."""

    page: str
    places: tuple[tuple[float, float], ...]


PAPERS = {
    "a6": Paper("a6", ((0, 0),)),
    "a4": Paper("a4", ((0, 0), (105, 0), (0, 148.5), (105, 148.5))),
}


def draw_staff_card(
    shop: str, terms: Terms, locale: str, *, colour: str, paper: str, reward: RewardTerms | None = None
) -> bytes:
    """One page as PDF, tagged, with every font inside: of all rewards, or of one with more about that.

    `colour` is #rrggbb, `paper` one of PAPERS.
    """
    with override(locale):
        texts = (_texts_of_reward(shop, terms, reward) if reward else _texts_of(shop, terms)) | {
            "lang": locale,
            "fonts": families(locale),
            "colour": colour,
            "text_colour": readable_on(colour),
            "page": PAPERS[paper].page,
            "places": PAPERS[paper].places,
        }
    pdf = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=printing_fonts(),
        sys_inputs={"card": json.dumps(texts)},
        format="pdf",
    )
    assert isinstance(pdf, bytes)
    return pdf


def _texts_of(shop: str, terms: Terms) -> dict[str, object]:
    return {
        "title": shop,
        "shop": without_unprintable(shop),
        "program": _named(terms.name, terms),
        "audience": _("For the staff"),
        "action": _("Each time a customer pays, scan their card."),
        "then": list(_say_then(terms)),
        "rewards_title": _("When a reward is ready"),
        "ways": _ways(terms),
        "colours_title": _("What the screen says"),
        "colours": _colours(),
        "noes_title": _("If the scanner says no"),
        "noes": [{"title": str(title), "says": says} for title, says in _say_noes(terms)],
    }


def _texts_of_reward(shop: str, terms: Terms, reward: RewardTerms) -> dict[str, object]:
    scanned = reward.path == "staff_scan"
    return {
        "title": shop,
        "shop": without_unprintable(shop),
        "program": _named(reward.name, terms),
        "audience": _("For the staff"),
        "action": _say_way(reward.path),
        "then": [
            *([_("A manager has to agree")] if reward.needs_manager else []),
            *_say_care(reward.path, is_asked_about=reward.redeem_code_kind == "api"),
            *say_times(reward),
            *_say_discount(reward, terms),
        ],
        "rewards_title": "",
        "ways": [],
        "colours_title": _("What the screen says"),
        "colours": _colours() if scanned else [],
        "noes_title": _("If the scanner says no") if scanned else _("If the customer’s phone says no"),
        "noes": [{"title": str(title), "says": says} for title, says in _say_noes_of([reward])],
    }


def _say_care(path: Path, *, is_asked_about: bool) -> Iterator[str]:
    """What keeps this way honest. Where the till asks us about the code, no clock runs."""
    match path:
        case "self_redeem":
            yield _("A picture of the screen stands still. On the real one the pattern moves and the clock runs.")
        case "staff_scan":
            yield _("Scan first, then give. If the till has a button for this discount, press it after the scan.")
        case "redeem_code":
            yield _("The till refuses the code? Then give no discount by hand: ask the customer to show the voucher.")
            if not is_asked_about:
                yield _("The clock ran out before the till was ready? A manager can restore the voucher.")


def _say_discount(reward: RewardTerms, terms: Terms) -> Iterator[str]:
    """It may name goods, as the till calls them."""
    yield from map(without_unprintable, say_discount(reward, terms.currency))


def _colours() -> list[dict[str, str]]:
    return [
        {"colour": "green", "says": _("Green: it is done.")},
        {"colour": "amber", "says": _("Yellow: look, something is for you to decide.")},
        {"colour": "red", "says": _("Red: no. The screen says why and what to do.")},
    ]


def _named(texts: Texts, terms: Terms) -> dict[str, str]:
    """Text of the shop's own, which stands alone: it may be in another language than the card."""
    locale = language_of_text(texts, active_locale(), terms.locale)
    return {"text": without_unprintable(texts.get(locale, "")), "lang": locale}


def _say_then(terms: Terms) -> Iterator[str]:
    if terms.earning_by == "amount" or terms.minimum_spend:
        yield _("Then enter the amount of the purchase.")
    yield _("The camera cannot read it? Type the number below the code.")
    yield _("Wrong card? Tap “Undo”. You have one minute.")


def _ways(terms: Terms) -> list[dict[str, object]]:
    """The ways in which this program's rewards are handed out, each with its rewards."""
    rewards = defaultdict[Path, list[MilestoneTerms]](list)
    for milestone in terms.given:
        rewards[milestone.reward.path].append(milestone)
    are_named = len(terms.given) <= MOST_REWARDS_NAMED
    return [
        {"says": _say_way(path), "rewards": [_reward(one, terms) for one in found] if are_named else []}
        for path, found in rewards.items()
    ]


def _reward(milestone: MilestoneTerms, terms: Terms) -> dict[str, str]:
    return {"count": format_number(milestone.stamps)} | _named(milestone.reward.name, terms)


def _say_way(path: Path) -> str:
    match path:
        case "staff_scan":
            return _("Scan the voucher or the card, tap “Hand out”, and give the reward.")
        case "self_redeem":
            return _("The customer taps “Use now” and shows you the screen. If its clock is running, give the reward.")
        case "redeem_code":
            return _("The customer shows a code for the till. Enter or scan it there, and give the reward.")


def _say_noes(terms: Terms) -> Iterator[tuple[object, str]]:
    """The refusals that these terms can lead to, in the words of the screen."""
    if terms.cooldown_seconds:
        yield CoolingDown.title, _("If it is another purchase, tap “Stamp anyway”.")
    if terms.daily_cap:
        yield _as_said(DailyCapReached)
    if terms.minimum_spend:
        yield BelowMinimumSpend.title, next(say_what_counts(terms))
    if terms.only_when_open:
        yield OutsideHours.title, _("Stamps are given during opening hours only.")
    yield _as_said(CodeAlreadyUsed)
    yield from _say_noes_of(terms.rewards)
    yield _("Saved"), _("There is no connection. The scan counts later: go on with the next customer.")


def _say_noes_of(rewards: list[RewardTerms]) -> Iterator[tuple[object, str]]:
    yield _as_said(VoucherAlreadyRedeemed)
    if any(reward.active_after_seconds or reward.active_from for reward in rewards):
        yield _as_said(VoucherNotReady)
    elif any(reward.from_next_visit for reward in rewards):
        yield _as_said(VoucherAwaitsVisit)
    if any(reward.valid_days or reward.valid_until for reward in rewards):
        yield _as_said(VoucherExpired)
    if any(reward.weekdays or reward.hours for reward in rewards):
        yield _as_said(WrongTime)
    if any(reward.location_ids for reward in rewards):
        yield WrongLocation.title, _("The locations are shown on the voucher.")


def _as_said(refusal: type[Refusal]) -> tuple[object, str]:
    return refusal.title, str(refusal.what_to_do)
