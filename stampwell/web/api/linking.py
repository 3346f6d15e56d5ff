"""Putting links and codes back where the caller may see them.

Whoever has one can spend what is behind it, so what the core describes and what an event keeps has none, and reading
alone shows none: they have a scope of their own. Whoever makes a card, a voucher or a program sees those of the thing
made, and who may redeem sees the redeem code of a usable voucher. Everybody else sees null in their place, so that no
field is ever missing. So does everybody for a wallet that this installation cannot fill.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.cards.describing import CardFacts, describe_card
from stampwell.cards.rows import CardRow
from stampwell.clock import now
from stampwell.journal.event_links import link_card_alone, link_voucher_alone
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.programs.code_successors import successors_of, terms_of_today
from stampwell.programs.describing import ProgramFacts, codes_by_location, with_redeem_codes
from stampwell.programs.terms import Terms, terms_of
from stampwell.redeem_codes.handing_out import codes_of_vouchers
from stampwell.redeem_codes.pools import formats_of
from stampwell.transactions import Statements
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.rows import USABLE, VoucherRow, still_open

SEE_REDEEM_CODES = {Scope.CARDS_LINKS, Scope.VOUCHERS_REDEEM}
SEE_CODES_OF_PROGRAMS = {Scope.CARDS_LINKS, Scope.PROGRAMS_WRITE}


def maker_of(caller: ApiCaller) -> ApiCaller:
    """The caller as whoever made the thing that is shown now: its links were made to be handed on."""
    return replace(caller, scopes=caller.scopes | {Scope.CARDS_LINKS})


def show_card(
    tx: Statements, card: CardRow, vouchers: Iterable[VoucherRow], caller: ApiCaller, *, at: datetime
) -> CardFacts:
    """The card and its open vouchers, as this caller may see them."""
    open_ones = still_open(vouchers, at)
    return link_card(describe_card(tx, card, open_ones, at=at), card, open_ones, caller)


def show_voucher(tx: Statements, voucher: VoucherRow, caller: ApiCaller, *, at: datetime) -> VoucherFacts:
    return link_voucher(describe_voucher(tx, voucher, at=at), voucher, caller)


def link_card(facts: CardFacts, card: CardRow, vouchers: Sequence[VoucherRow], caller: ApiCaller) -> CardFacts:
    """`vouchers` are the rows of the card's open ones, in the order in which the facts show the first of them."""
    linked = link_card_alone(facts, card.id, card.issue, caller)
    return replace(linked, vouchers=link_all(facts.vouchers, vouchers[: len(facts.vouchers)], caller))


class _SeenCode(msgspec.Struct, frozen=True):
    """`pool_id` is the list that says how it is shown; None where the reward does."""

    code: str
    code_by_location: dict[str, str] = {}
    pool_id: UUID | None = None
    format: str = ""


def link_all(facts: Sequence[VoucherFacts], vouchers: Sequence[VoucherRow], caller: ApiCaller) -> list[VoucherFacts]:
    codes = _redeem_codes(facts, vouchers, caller)
    return [_link_voucher(one, voucher, codes, caller) for one, voucher in zip(facts, vouchers, strict=True)]


def link_voucher(facts: VoucherFacts, voucher: VoucherRow, caller: ApiCaller) -> VoucherFacts:
    return _link_voucher(facts, voucher, _redeem_codes([facts], [voucher], caller), caller)


def _link_voucher(
    facts: VoucherFacts, voucher: VoucherRow, codes: Mapping[UUID, _SeenCode], caller: ApiCaller
) -> VoucherFacts:
    if facts.redeem_code and voucher.id in codes:
        seen = codes[voucher.id]
        shown = replace(facts.redeem_code, code=seen.code, code_by_location=seen.code_by_location)
        facts = replace(facts, redeem_code=replace(shown, format=seen.format or shown.format))
    return link_voucher_alone(facts, voucher.id, voucher.issue, caller)


def _redeem_codes(
    facts: Sequence[VoucherFacts], vouchers: Sequence[VoucherRow], caller: ApiCaller
) -> dict[UUID, _SeenCode]:
    """Of those that can be used. One of a pool is seen while the customer shows it: whoever sees it before could use
    it, and no expired voucher could give it back.
    """
    if not SEE_REDEEM_CODES & caller.scopes:
        return {}
    codes: dict[UUID, _SeenCode] = {}
    place = caller.actor.location_id
    pooled: dict[UUID, UUID] = {}
    at, successors = now(), successors_of(caller.merchant)
    for one, voucher in zip(facts, vouchers, strict=True):
        if one.redeem_code is None or one.state not in USABLE:
            continue
        reward = terms_of(caller.merchant.id, voucher.version_id).reward(voucher.reward_id)
        is_shown = one.state == "reserved" and voucher.reservation_id is None  # and not held by a till
        if is_shown and voucher.shown_code is not None:
            codes[voucher.id] = _SeenCode(voucher.shown_code, pool_id=reward.pool_id)
        elif voucher.api_code:
            codes[voucher.id] = _SeenCode(voucher.api_code)
        elif reward.pool_id is None:
            reward = successors.reward_at(reward, at)
            others = {} if place else codes_by_location(reward)
            codes[voucher.id] = _SeenCode(reward.code_at(place), others)
        elif is_shown:
            pooled[voucher.id] = reward.pool_id
    for id, code in codes_of_vouchers(caller.merchant.id, pooled).items():
        codes[id] = _SeenCode(code, pool_id=pooled[id])
    formats = formats_of(caller.merchant.id, {seen.pool_id for seen in codes.values() if seen.pool_id})
    return {id: replace(seen, format=formats.get(seen.pool_id, "")) for id, seen in codes.items()}


def show_program(facts: ProgramFacts, terms: Terms, caller: ApiCaller) -> ProgramFacts:
    """`terms` are those that the facts were described from; their codes are told as they are shown at this moment."""
    if not SEE_CODES_OF_PROGRAMS & caller.scopes:
        return facts
    return with_redeem_codes(facts, terms_of_today(terms, caller.merchant))
