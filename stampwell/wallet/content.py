"""What a card's pass says in either wallet, filled from its rows."""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec.structs import replace

from stampwell.brought.secrets import read_ahead, remembered
from stampwell.cards.history import HistoryLine, describe_line, read_history
from stampwell.cards.links import card_code, card_url
from stampwell.cards.numbers import group_digits
from stampwell.cards.rows import read_card
from stampwell.clock import now
from stampwell.ids import private_id
from stampwell.languages.formatting import format_short_date
from stampwell.languages.offered import direction_of
from stampwell.languages.texts import Texts
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.local_time import local_time
from stampwell.merchants.models import Location, Merchant, Picture
from stampwell.programs.course import say_stop
from stampwell.programs.offering import earning_text, offer_of
from stampwell.programs.rules import say_times
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ending import ends_soon_since
from stampwell.vouchers.links import voucher_url
from stampwell.vouchers.rows import VoucherRow, held_by_nobody, order_at, state_at
from stampwell.vouchers.till_codes import waits_for_code
from stampwell.wallet.look.card_pass import BarcodeKind, CardFace, CardPass, Place, ReadyVoucher, RewardStep
from stampwell.wallet.look.design import DEFAULT_ICON, CardDesign
from stampwell.wallet.look.phrases import in_each_language
from stampwell.wallet.look.stamp_icons import ICONS
from stampwell.wallet.serials import card_pass_token, card_serial

HISTORY_LINES = 8
MOST_BRANCHES = 100  # that are looked at; wallets take the first ten of those with a place on the map

type Branch = tuple[Decimal | None, Decimal | None, str]
_ENDINGS = {"used", "expired", "undone", "given_back"}  # after these fewer rewards are ready, or one from before


def picture_url(merchant: Merchant, terms: Terms, name: str) -> str:
    """Where everybody may fetch a picture of this version: `logo`, or `stamps-7` for seven stamps."""
    return f"{settings.BASE_URL}/brand/{merchant.slug}/{terms.version_id.hex}/{name}.png"


def fill_pass(merchant: Merchant, card_id: UUID, *, issue: int | None = None) -> CardPass:
    """What stands on the card now, or on the pass of an earlier `issue`: void. Refuses: NotFound."""
    return _fill(merchant, card_id, issue)[0]


@lru_cache(maxsize=500)
def design_of(merchant_id: UUID, version_id: UUID) -> CardDesign:
    """How cards of this version look."""
    terms = terms_of(merchant_id, version_id)
    return dataclasses.replace(design_without_logo(terms), logo=_logo(merchant_id, terms.design.get("logo")))


def design_without_logo(terms: Terms) -> CardDesign:
    """An icon that we no longer draw is replaced by the usual one."""
    chosen = terms.design
    colours = {name: chosen[name] for name in ("background", "foreground", "accent") if chosen.get(name)}
    icon = chosen.get("icon") if chosen.get("icon") in ICONS else DEFAULT_ICON
    return CardDesign(**colours, icon=str(icon))


def face_of(merchant: Merchant, version_id: UUID) -> CardFace:
    """What all passes under this version share, now."""
    locations = Location.objects.filter(merchant=merchant, closed__isnull=True).order_by("id")
    branches = tuple(locations.values_list("latitude", "longitude", "address")[:MOST_BRANCHES])
    return _face(merchant.id, merchant.slug, merchant.name, version_id, branches, _privacy_url(merchant))


def barcode_kind(merchant_id: UUID, version_id: UUID) -> BarcodeKind:
    """What the shop's scanners read, as its design says; a QR code unless it says otherwise."""
    match terms_of(merchant_id, version_id).design.get("barcode"):
        case "code128":
            return "code128"
        case "pdf417":
            return "pdf417"
        case "aztec":
            return "aztec"
    return "qr"


def _privacy_url(merchant: Merchant) -> str:
    """Always there, whether the shop has said much about itself or nothing yet: so no pass changes when it does."""
    return f"{settings.BASE_URL}/p/{merchant.slug}"


def web_service_url(merchant: Merchant) -> str:
    """Where a phone asks for changes of this shop's passes."""
    return f"{settings.BASE_URL}/wallet/apple/{merchant.slug}"


@remembered()
def _fill(merchant: Merchant, card_id: UUID, issue: int | None = None) -> tuple[CardPass, Terms]:
    at = now()
    with merchant_transaction(merchant.id) as tx:
        card, vouchers = read_card(tx, card_id)
        lines = read_history(tx, card_id, now=at, limit=HISTORY_LINES).lines
    face = face_of(merchant, card.version_id)
    ready = [voucher for voucher in vouchers if state_at(held_by_nobody(voucher), at) == "ready"]
    ready.sort(key=lambda voucher: order_at(held_by_nobody(voucher), at))
    read_ahead((one.id, one.issue) for one in ready)
    shown_issue = card.issue if issue is None else issue
    if not (is_current := shown_issue == card.issue):
        # Whoever still holds it learns nothing of what happens on the card since.
        card, ready, lines = replace(card, stamps=0, round=1), [], []
    newest = max((voucher.ready for voucher in ready), default=at)  # what rings, wherever it stands
    ending = [since for voucher in ready if (since := ends_soon_since(merchant, voucher, at))]
    filled = CardPass(
        face=face,
        serial=card_serial(card.id, shown_issue),
        authentication_token=card_pass_token(card.id, shown_issue),
        barcode_message=card_code(card.id, shown_issue),
        short_number=group_digits(card.short_number) if is_current else "",
        barcode=barcode_kind(merchant.id, card.version_id),
        stamps=card.stamps,
        round=card.round,
        locale=card.locale,
        ready=tuple(show_voucher(merchant, voucher) for voucher in ready),
        announces_ready=bool(ready) and _is_news(newest, lines, vouchers),
        announces_end=bool(ending) and max(ending) > newest and _is_news(max(ending), lines, vouchers),
        note=_note(merchant, card.program_id, at) if is_current else {},
        history=_write_history(merchant, card.locale, lines),
        web_url=card_url(merchant.slug, card.id, card.issue) if is_current else "",
        web_service_url=web_service_url(merchant),
        voided=card.state != "active" or not is_current or merchant.closed is not None,
        direction=direction_of(card.locale),
    )
    return filled, terms_of(merchant.id, card.version_id)


@lru_cache(maxsize=500)
def _face(
    merchant_id: UUID,
    slug: str,
    organisation: str,
    version_id: UUID,
    branches: tuple[Branch, ...],
    privacy_url: str,
) -> CardFace:
    """Kept, because everything that is drawn depends on it. A new name or branch makes another face."""
    terms = terms_of(merchant_id, version_id)
    return CardFace(
        merchant_id=slug,
        program_id=f"{terms.program_id.hex}.v{terms.number}",
        organisation=organisation,
        program=terms.name,
        locale=terms.locale,
        goal=terms.goal,
        rewards=tuple(RewardStep(step.stamps, step.reward.name) for step in terms.milestones),
        terms=in_each_language(lambda locale: f"{offer_of(terms).text}\n{earning_text(terms)}"),
        design=design_of(merchant_id, version_id),
        places=tuple(
            Place(float(latitude), float(longitude), _place_note(organisation))
            for latitude, longitude, _address in branches
            if latitude is not None and longitude is not None
        ),
        addresses=tuple(address for _latitude, _longitude, address in branches if address),
        privacy_url=privacy_url,
    )


def _place_note(organisation: str) -> Texts:
    return in_each_language(lambda locale: _("%(shop)s is close by. Here is your stamp card.") % {"shop": organisation})


def find_logo(merchant_id: UUID, name: object) -> Picture | None:
    """The shop's own picture of this id."""
    picture_id = private_id("pic", name) if isinstance(name, str) else None
    return Picture.objects.filter(merchant_id=merchant_id, id=picture_id).first() if picture_id else None


def _logo(merchant_id: UUID, name: object) -> bytes | None:
    picture = find_logo(merchant_id, name)
    return bytes(picture.content) if picture else None


def show_voucher(merchant: Merchant, voucher: VoucherRow) -> ReadyVoucher:
    """What a wallet says about this voucher, whatever its state."""
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    how = _how_to_use(merchant.id, voucher.version_id, reward.id)
    if voucher.awaits_visit:
        how = _led_by(how, lambda: _("You can use it from your next visit on a later day."))
    if waits_for_code(merchant.id, voucher, reward):
        how = _led_by(how, lambda: _("Your code comes as soon as there is a new one."))
    return ReadyVoucher(
        name=reward.name,
        what_to_do=how,
        expires=voucher.expires,
        last_moment=_last_moment(merchant, reward, voucher.expires),
        web_url=voucher_url(merchant.slug, voucher.id, voucher.issue),
        ends_soon=ends_soon_since(merchant, voucher, now()) is not None,
    )


def _last_moment(merchant: Merchant, reward: RewardTerms, end: datetime | None) -> datetime | None:
    if end is None:
        return None
    clock = clocks_of(merchant, reward.location_ids).clock_of(end)
    return local_time(clock, (end - timedelta(seconds=1)).replace(microsecond=0))


@lru_cache(maxsize=1_000)
def _how_to_use(merchant_id: UUID, version_id: UUID, reward_id: UUID) -> Texts:
    """What to do; below it on which days and at which hours, each on a line of its own.

    Where it can be used is told on the web alone: the name of a location may change, and passes are not told of that.
    """
    reward = terms_of(merchant_id, version_id).reward(reward_id)
    what = _what_to_do(reward.path)
    return in_each_language(lambda locale: "\n".join([what[locale], *say_times(reward)]))


def _led_by(how: Texts, say: Callable[[], str]) -> Texts:
    said = in_each_language(lambda locale: say())
    return {locale: f"{said[locale]}\n{text}" for locale, text in how.items()}


@lru_cache(maxsize=8)
def _what_to_do(path: str) -> Texts:
    match path:
        case "self_redeem":
            return in_each_language(lambda locale: _("At the counter, open this card on the web and tap “Use now”."))
        case "redeem_code":
            return in_each_language(lambda locale: _("At the till, open this card on the web and show the code."))
    return in_each_language(
        lambda locale: _("Show this card at the counter. The staff scan it and hand you the reward.")
    )


def _is_news(newest: datetime, lines: Iterable[HistoryLine], open_vouchers: Iterable[VoucherRow]) -> bool:
    """Whether the newest reward came after the last end of one: no phone may notify because a reward was used.

    Stamps since then do not matter: the phone itself compares what it showed, and it may have been off for days.
    """
    ended = [line.at for line in lines if line.kind in _ENDINGS]
    shown = [voucher.revealed for voucher in open_vouchers if voucher.revealed]
    return all(moment < newest for moment in (*ended, *shown))


def _note(merchant: Merchant, program_id: UUID, at: datetime) -> Texts:
    if program_id.hex not in merchant.stopped_programs:
        return {}
    said = in_each_language(lambda locale: say_stop(merchant, program_id, at))
    return said if all(said.values()) else {}


def _write_history(merchant: Merchant, locale: str, lines: Iterable[HistoryLine]) -> str:
    """A line for each thing that happened: the day, then what."""
    zone = ZoneInfo(merchant.time_zone)
    with override(locale):
        return "\n".join(f"{format_short_date(line.at, zone)}: {describe_line(merchant.id, line)}" for line in lines)
