"""The poster at the door: who, what for, and a QR code that opens the join page."""

import json
from dataclasses import dataclass

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.print_fonts import families, printing_fonts, without_unprintable
from stampwell.redeem_codes.formats import draw_qr, draw_qr_png
from stampwell.settings import PACKAGE
from stampwell.wallet.look.colours import readable_on
from stampwell.wallet.look.design import CardDesign
from stampwell.wallet.look.drawing import draw_icon_svg

TEMPLATE = PACKAGE / "templates" / "posters" / "join.typ"
BADGE_ICONS = PACKAGE / "static" / "wallets"
LARGEST_DRAWN_GOAL = 30  # beyond, the dots would be too small to be a picture of anything


@dataclass(frozen=True)
class Paper:
    """`page` is Typst's; the A4 sheet stands on it at `scale`, with its left edge at each of `places` (mm)."""

    page: dict[str, str | bool]
    scale: float
    places: tuple[float, ...] = (0,)


# A tent is folded in the middle, so that it stands on a table and is read from both sides.
PAPERS = {
    "a4": Paper({"paper": "a4"}, 1),
    "a5": Paper({"paper": "a5"}, 148 / 210),
    "tent": Paper({"paper": "a4", "flipped": True}, 210 / 297, (0, 148.5)),
}


@dataclass(frozen=True)
class PosterFacts:
    """What a poster says; the texts are in the poster's language already."""

    merchant_name: str
    offer: str  # one whole sentence: "Collect 10 stamps and get a free coffee."
    join_url: str
    colour: str  # #rrggbb, the card's background
    goal: int | None = None  # draws the card's dots
    design: CardDesign | None = None  # its stamps
    reward: str = ""  # its name, where that is in another language than the sentence
    reward_locale: str = ""
    wallets: tuple[str, ...] = ()  # "apple" and "google", as far as this installation can fill them


def draw_poster(facts: PosterFacts, locale: str, *, size: str = "a4") -> bytes:
    """One page as PDF, tagged, with every font inside. `size` is one of PAPERS."""
    paper = PAPERS[size]
    with override(locale):
        texts = _texts_of(facts, locale) | {"page": paper.page, "scale": paper.scale, "places": paper.places}
    pdf = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=printing_fonts(),
        sys_inputs={"poster": json.dumps(texts)},
        format="pdf",
    )
    assert isinstance(pdf, bytes)
    return pdf


def draw_join_png(join_url: str, *, scale: int = 16) -> bytes:
    """The join code as a picture for the shop's own prints; readable with a fifth of it torn off."""
    return draw_qr_png(join_url, level="H", scale=scale)


def _texts_of(facts: PosterFacts, locale: str) -> dict[str, object]:
    return {
        "lang": locale,
        "fonts": families(locale),
        "title": facts.merchant_name,
        "merchant_name": without_unprintable(facts.merchant_name),
        "offer": without_unprintable(facts.offer),
        "reward": _reward(facts),
        "colour": facts.colour,
        "text_colour": readable_on(facts.colour),
        "stamp": draw_icon_svg(facts.design) if facts.design else None,
        "goal": facts.goal if facts.goal and facts.goal <= LARGEST_DRAWN_GOAL else None,
        "qr": draw_qr(facts.join_url, level="H"),
        "scan": _("Scan with your phone’s camera"),
        "steps": [
            _("Scan the code. Your stamp card opens right away."),
            _("Save it to your phone. No app and no account needed."),
            _("Show it each time you pay to collect stamps."),
        ],
        "works_with": _works_with(facts.wallets),
        "badges": [_badge(wallet) for wallet in facts.wallets],
        "address": without_unprintable(facts.join_url.split("://", 1)[-1]),
    }


def _reward(facts: PosterFacts) -> dict[str, str] | None:
    if not facts.reward:
        return None
    return {"name": without_unprintable(facts.reward), "lang": facts.reward_locale}


def _works_with(wallets: tuple[str, ...]) -> str:
    """A poster promises only what this installation can do."""
    match wallets:
        case ("apple", "google"):
            return _("Works with Apple Wallet, with Google Wallet and in every browser.")
        case ("apple",):
            return _("Works with Apple Wallet and in every browser.")
        case ("google",):
            return _("Works with Google Wallet and in every browser.")
    return _("Works in every browser, on every phone.")


def _badge(wallet: str) -> dict[str, str]:
    says = {"apple": _("Add to Apple Wallet"), "google": _("Add to Google Wallet")}
    return {"wallet": wallet, "says": says[wallet], "icon": (BADGE_ICONS / f"{wallet}.svg").read_text()}
