"""Putting links and codes back into what an event holds, where whoever reads it may see them.

Whoever has one can spend what is behind it, so what the core describes and what an event keeps has none. Who may not
see them is shown null in their place, so that no field is ever missing.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from stampwell.brought.secrets import plain_issue, read_ahead
from stampwell.cards.describing import CardFacts
from stampwell.cards.links import card_code, card_url
from stampwell.events.rows import EventRow
from stampwell.ids import private_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.programs.describing import without_redeem_codes
from stampwell.transactions import Statements
from stampwell.vouchers.describing import VoucherFacts
from stampwell.vouchers.links import voucher_code, voucher_url
from stampwell.wallet.offered import offers_apple, offers_google, offers_voucher_passes

VOUCHER_LISTS = ("vouchers_issued", "vouchers_recalled")


def sees_links(caller: ApiCaller) -> bool:
    return Scope.CARDS_LINKS in caller.scopes


class _IssueOfRow(msgspec.Struct, frozen=True):
    id: UUID
    issue: int


_ISSUES = """
    SELECT id, issue FROM card WHERE merchant_id = %(merchant)s AND id = ANY(%(cards)s)
    UNION ALL SELECT id, issue FROM voucher WHERE merchant_id = %(merchant)s AND id = ANY(%(vouchers)s)
"""


def issues_of(tx: Statements, *, cards: Iterable[UUID], vouchers: Iterable[UUID]) -> dict[UUID, int]:
    """Of which issue their links are by now. A voucher's may be another than its card's, where cards were merged."""
    wanted = {"merchant": tx.merchant_id, "cards": list(set(cards)), "vouchers": list(set(vouchers))}
    if not wanted["cards"] and not wanted["vouchers"]:
        return {}
    issues = {row.id: row.issue for row in tx.rows(_IssueOfRow, _ISSUES, wanted)}
    read_ahead(issues.items())
    return issues


def link_card_alone(facts: CardFacts, card_id: UUID, issue: int, caller: ApiCaller) -> CardFacts:
    """Its vouchers stay as they are."""
    if not sees_links(caller) or facts.state == "erased":
        return without_links(facts)
    url = card_url(caller.merchant.slug, card_id, issue)
    return replace(
        facts,
        code=card_code(card_id, issue),
        web_url=url,
        apple_pass_url=f"{url}/apple" if offers_apple() else None,
        google_save_url=f"{url}/google" if offers_google() else None,
    )


def without_links(facts: CardFacts) -> CardFacts:
    """Its vouchers stay as they are."""
    return replace(facts, code=None, web_url=None, apple_pass_url=None, google_save_url=None)


def link_voucher_alone(facts: VoucherFacts, voucher_id: UUID, issue: int, caller: ApiCaller) -> VoucherFacts:
    """With its link; a redeem code that nobody has put in is null, for by now it may be used."""
    url = voucher_url(caller.merchant.slug, voucher_id, issue) if sees_links(caller) else None
    redeem_code = facts.redeem_code
    if redeem_code and redeem_code.code is UNSET:
        redeem_code = replace(redeem_code, code=None, code_by_location={})
    return replace(
        facts,
        redeem_code=redeem_code,
        web_url=url,
        apple_pass_url=f"{url}/apple" if url and offers_voucher_passes() else None,
        code=voucher_code(voucher_id, issue) if url else None,
        awaits_visit=facts.awaits_visit is True,
        handed_out_at=None if facts.handed_out_at is UNSET else facts.handed_out_at,
    )


def vouchers_in(data: dict[str, Any]) -> Iterator[UUID]:
    """Of every voucher that the event holds: it has one column for an id, and may hold several."""
    told = [data["voucher"]] if "voucher" in data else []
    for name in VOUCHER_LISTS:
        told += data.get(name, [])
    if "card" in data:
        told += data["card"]["vouchers"]
    for voucher in told:
        if voucher_id := private_id("vch", voucher["id"]):
            yield voucher_id


def link_data(row: EventRow, data: dict[str, Any], issues: Mapping[UUID, int], caller: ApiCaller) -> dict[str, Any]:
    """The objects of an event with the links and codes that they have by now, as this caller may see them."""
    linked = dict(data)
    if "card" in data:
        linked["card"] = _link_past_card(data["card"], row.card_id, issues, caller)
    if "voucher" in data:
        linked["voucher"] = _link_stored_voucher(data["voucher"], issues, caller)
    for name in VOUCHER_LISTS:
        if name in data:
            linked[name] = [_link_stored_voucher(voucher, issues, caller) for voucher in data[name]]
    if "program" in data:
        linked["program"] = without_redeem_codes(data["program"])
    return linked


def _link_past_card(stored: Any, card_id: UUID | None, issues: Mapping[UUID, int], caller: ApiCaller) -> CardFacts:
    card = without_links(msgspec.convert(stored, CardFacts))
    if card_id is None or card_id not in issues:
        return card
    issue = issues[card_id]
    card = link_card_alone(replace(card, issue=plain_issue(issue)), card_id, issue, caller)
    return replace(card, vouchers=[_link_voucher_of_event(voucher, issues, caller) for voucher in card.vouchers])


def _link_stored_voucher(stored: Any, issues: Mapping[UUID, int], caller: ApiCaller) -> VoucherFacts:
    return _link_voucher_of_event(msgspec.convert(stored, VoucherFacts), issues, caller)


def _link_voucher_of_event(voucher: VoucherFacts, issues: Mapping[UUID, int], caller: ApiCaller) -> VoucherFacts:
    voucher_id = private_id("vch", voucher.id)
    return link_voucher_alone(voucher, voucher_id, issues.get(voucher_id, 0), caller) if voucher_id else voucher
