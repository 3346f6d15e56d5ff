"""The part of a reward's form that says which redeem code the till reads, and what its barcode holds."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from stampwell.ids import public_id
from stampwell.programs.describing import codes_by_location
from stampwell.programs.drafting import ApiCodeDraft, PoolCodeDraft, RedeemCodeDraft, StaticCodeDraft
from stampwell.programs.limits import COUNTDOWN
from stampwell.programs.refusals import RedeemCodeMissing
from stampwell.programs.terms import RewardTerms
from stampwell.redeem_codes.formats import (
    FORMATS,
    PLACEHOLDER,
    CodeDoesNotFit,
    barcode_text,
    why_code_does_not_fit,
    why_no_template,
)
from stampwell.refusal import Refusal
from stampwell.vouchers.api_codes import SAMPLE
from stampwell.web.dashboard.desk import Desk

if TYPE_CHECKING:
    from stampwell.web.dashboard.programs.reward_forms import RewardForm

ASKED_ABOUT = "api"  # in the place of a list: each voucher has a code that the till asks us about


def code_field(location_id: UUID) -> str:
    return f"code_at_{public_id('loc', location_id)}"


def why_no_barcode(template: str, code: str, code_format: str) -> CodeDoesNotFit | None:
    """A text has no barcode: it is shown as it is."""
    if code_format == "text":
        return why_code_does_not_fit(code, code_format)
    return why_no_template(template) or why_code_does_not_fit(barcode_text(template, code), code_format)


def check_code(reward: "RewardForm", desk: Desk) -> None:
    """Beside each field what a till could not read."""
    given = reward.cleaned_data
    if given.get("path") != "redeem_code" or reward.has_error("code"):
        return
    code_format = given.get("code_format") or "qr"
    if code_format not in FORMATS:
        return
    if given.get("pool") == ASKED_ABOUT:
        _place(reward, desk, "code_format", why_code_does_not_fit(SAMPLE, code_format))
    if given.get("pool"):
        return
    code, template = given.get("code", ""), given.get("in_barcode", "")
    if not code:
        _place(reward, desk, "code", RedeemCodeMissing())
        return
    refusal = why_no_barcode(template, code, code_format)
    is_of_code = not template or why_code_does_not_fit(code, code_format) is not None
    _place(reward, desk, "code" if is_of_code else "in_barcode", refusal)
    for field in reward.codes_by_location:
        if (other := given.get(field.name)) and not refusal:
            _place(reward, desk, field.name, why_no_barcode(template, other, code_format))


def _place(reward: "RewardForm", desk: Desk, field: str, refusal: Refusal | None) -> None:
    if refusal:
        said = desk.explain(refusal)
        reward.add_error(field, f"{said.staff_message} {said.what_to_do}")


def redeem_code_in(form: "RewardForm", before: RewardTerms | None, locations: list[str]) -> RedeemCodeDraft:
    """`locations` are those that the reward is for, none for all."""
    given = form.cleaned_data
    # A page of an older release does not know it: it stays.
    countdown = given["countdown"] or (before.countdown_minutes if before else COUNTDOWN)
    if given["pool"] == ASKED_ABOUT:
        kept = before.redeem_code_format if before and before.redeem_code_kind == "api" else "qr"
        return msgspec.convert({"kind": "api", "format": given["code_format"] or kept}, ApiCodeDraft)
    if given["pool"]:
        return PoolCodeDraft(pool_id=given["pool"], countdown_minutes=countdown)
    return StaticCodeDraft(
        code=given["code"],
        code_by_location=_codes_by_location(form, before, locations),
        format=given["code_format"] or "qr",
        barcode_template=_template(form, before),
        countdown_minutes=countdown,
    )


def _template(form: "RewardForm", before: RewardTerms | None) -> str:
    """Of a code that is shown as text nothing is asked, so what cannot be one there counts for nothing."""
    if form.add_prefix("in_barcode") in form.data:
        typed: str = form.cleaned_data["in_barcode"]
        return PLACEHOLDER if why_no_template(typed) else typed or PLACEHOLDER
    kept = before.barcode_template if before and before.pool_id is None else ""  # as the countdown
    return kept or PLACEHOLDER


def _codes_by_location(form: "RewardForm", before: RewardTerms | None, locations: list[str]) -> dict[str, str]:
    """The code of a location that the form did not ask for, such as a closed one, stays where the reward is for it."""
    fields = {public_id("loc", place.id): code_field(place.id) for place in form.code_places}
    sent = {place: name for place, name in fields.items() if form.add_prefix(name) in form.data}
    kept = {
        place: code
        for place, code in (codes_by_location(before) if before else {}).items()
        if place not in sent and (not locations or place in locations)
    }
    return kept | {place: code for place, name in sent.items() if (code := form.cleaned_data[name])}


def code_as_typed(reward: RewardTerms) -> dict[str, Any]:
    """What the fields show of a published reward."""
    is_same_for_all = reward.redeem_code_kind == "static" and reward.barcode_template != PLACEHOLDER
    return {
        "pool": _pool_of(reward),
        "code": reward.redeem_code,
        **{code_field(UUID(place)): code for place, code in reward.code_by_location.items()},
        "code_format": reward.redeem_code_format or "qr",
        "in_barcode": reward.barcode_template if is_same_for_all else "",
        "countdown": reward.countdown_minutes,
    }


def _pool_of(reward: RewardTerms) -> str:
    if reward.redeem_code_kind == "api":
        return ASKED_ABOUT
    return public_id("cdp", reward.pool_id) if reward.pool_id else ""
