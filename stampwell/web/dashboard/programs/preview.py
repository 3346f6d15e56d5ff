"""The card as it will look, drawn from an unfinished form by the same drawing as the real one."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from stampwell.languages.explaining import Explanation
from stampwell.languages.offered import active_locale, direction_of
from stampwell.languages.texts import LONGEST_GIVEN, Texts, clean_text
from stampwell.merchants.models import Merchant
from stampwell.programs.limits import LARGEST_GOAL
from stampwell.programs.offering import Offer, compose_offer, earning_text
from stampwell.programs.rules import say_rules
from stampwell.redeem_codes.formats import FORMATS, barcode_text, draw_code
from stampwell.vouchers.api_codes import SAMPLE, group_api_code
from stampwell.wallet.content import find_logo
from stampwell.wallet.look.colours import TEXT_CONTRAST, contrast
from stampwell.wallet.look.design import CardDesign, Palette, palette_of
from stampwell.wallet.look.drawing import draw_card_strip_svg
from stampwell.wallet.look.stamp_icons import ICONS
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.programs.code_fields import ASKED_ABOUT, why_no_barcode
from stampwell.web.dashboard.programs.forms import (
    BARCODES,
    PROPOSED_ACCENT,
    PROPOSED_BACKGROUND,
    PROPOSED_GOAL,
    PROPOSED_ICON,
)
from stampwell.web.dashboard.programs.read_early import terms_in
from stampwell.web.dashboard.programs.rules_words import say_folded, say_rewards
from stampwell.web.dashboard.programs.sheet import Sheet
from stampwell.web.typed_fields import read_colour

SAMPLE_CODE = "CARD" * 6  # opens nothing


@dataclass(frozen=True)
class Preview:
    name: str
    offer: Offer
    reward: str
    stamps: int
    goal: int
    strip: SafeString
    palette: Palette
    logo: str
    barcode: SafeString
    barcode_is_bars: bool
    code: SafeString
    code_text: str
    code_problem: Explanation | None
    stamp_hint: str
    rules: list[str]
    rewards: list[tuple[str, str, list[str]]]
    folded: dict[str, str]


def draw_preview(sheet: Sheet, desk: Desk) -> Preview:
    """Whatever cannot be read yet is left at its default: a preview never refuses."""
    program = _values(sheet.program)
    reward = _values(sheet.goal)
    terms = terms_in(sheet, desk.merchant)
    design, goal = _design(program), _number(program.get("goal"), PROPOSED_GOAL, most=LARGEST_GOAL)
    milestones = [_number(_values(form).get("stamps"), 0, most=goal) for form in sheet.milestones]
    stamps = min(max(goal * 6 // 10, 1), goal - 1)
    names = _reward_names(reward, desk.merchant)
    written = clean_text(str(program.get("offer") or "")[:LONGEST_GIVEN])
    strip = draw_card_strip_svg(design, stamps, goal, milestones, direction_of(active_locale()))
    code, code_text, problem = _draw_code(reward, desk)
    barcode = _barcode(program)
    logo = str(program.get("logo") or "")
    return Preview(
        name=clean_text(str(program.get("name") or "")[:LONGEST_GIVEN]) or _("Your card"),
        offer=Offer(written) if written else compose_offer(goal, names, desk.merchant.locale),
        reward=names.get(desk.merchant.locale) or _("Your reward"),
        stamps=stamps,
        goal=goal,
        strip=mark_safe(strip),  # noqa: S308 - made of numbers and checked colours
        palette=palette_of(design),
        logo=logo if find_logo(desk.merchant.id, logo) else "",
        barcode=mark_safe(draw_code(SAMPLE_CODE, barcode)),  # noqa: S308 - drawn by us
        barcode_is_bars=not FORMATS[barcode].square,
        code=code,
        code_text=code_text,
        code_problem=problem,
        stamp_hint=_stamp_hint(program, design),
        rules=[earning_text(terms), *say_rules(terms)],
        rewards=say_rewards(sheet, terms, desk.merchant),
        folded=say_folded(sheet, terms, desk.merchant),
    )


def _reward_names(reward: dict[str, Any], merchant: Merchant) -> Texts:
    """What the owner wrote, by language; an example of ours in the language of the page while there is nothing."""
    typed = {active_locale(): reward.get(f"name_{active_locale()}"), merchant.locale: reward.get("name")}
    names = {locale: clean_text(str(text or "")[:LONGEST_GIVEN]) for locale, text in typed.items()}
    return {locale: name for locale, name in names.items() if name} or {active_locale(): _("Your reward")}


def _values(form: Any) -> dict[str, Any]:
    """What stands in the fields now, typed or filled in."""
    return {name: form[name].value() for name in form.fields if name != "logo_file"}


def _design(program: dict[str, Any]) -> CardDesign:
    icon = str(program.get("icon") or PROPOSED_ICON)
    return CardDesign(
        background=_colour(program.get("background"), PROPOSED_BACKGROUND),
        accent=_colour(program.get("accent"), PROPOSED_ACCENT),
        icon=icon if icon in ICONS else PROPOSED_ICON,
    )


def _barcode(program: dict[str, Any]) -> str:
    chosen = str(program.get("barcode") or "")
    return chosen if chosen in dict(BARCODES) else "qr"


def _colour(given: object, default: str) -> str:
    return read_colour(given) or default


def _number(given: object, default: int, *, most: int) -> int:
    text = str(given or "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else default
    return number if 1 <= number <= most else default


def _stamp_hint(program: dict[str, Any], design: CardDesign) -> str:
    """What we changed about the chosen colours so that everybody can read the card, "" for nothing."""
    wanted = _colour(program.get("accent"), PROPOSED_ACCENT)
    if palette_of(design).stamp != wanted:
        return _("This stamp colour is hard to see on this card, so we use one that stands out.")
    if contrast(wanted, design.background) < TEXT_CONTRAST:
        return _("These two colours are close to each other. A stronger difference is easier to see in the sun.")
    return ""


def _draw_code(reward: dict[str, Any], desk: Desk) -> tuple[SafeString, str, Explanation | None]:
    code, code_format = str(reward.get("code") or "")[:500], str(reward.get("code_format") or "qr")
    template, pool = str(reward.get("in_barcode") or ""), reward.get("pool")
    if pool == ASKED_ABOUT:
        code, template = SAMPLE, ""
    is_list = bool(pool) and pool != ASKED_ABOUT
    if reward.get("path") != "redeem_code" or is_list or not code or code_format not in FORMATS:
        return SafeString(""), "", None
    shown = group_api_code(code) if pool else code
    if refusal := why_no_barcode(template, code, code_format):
        return SafeString(""), shown, desk.explain(refusal)
    if FORMATS[code_format].barcode is None:
        return SafeString(""), shown, None
    return mark_safe(draw_code(barcode_text(template, code), code_format)), shown, None  # noqa: S308 - drawn by us
