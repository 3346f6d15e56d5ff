"""GET and POST /vouchers, GET /vouchers/{id}, POST /vouchers/{id}/extension."""

from django.http import HttpResponse
from dmr import Path, Query, validate
from msgspec.structs import replace

from stampwell.brought.secrets import read_ahead
from stampwell.cards.extending import ExtendedFacts, extend_voucher
from stampwell.cards.giving import give_voucher
from stampwell.cards.refusals import CardVoid
from stampwell.clock import now
from stampwell.counter.guessing import TooManyGuesses, a_key, count_missed_code, own_code_in
from stampwell.counter.own_code_guesses import OwnCodesClosed, why_not_read
from stampwell.ids import private_id, wanted_id
from stampwell.languages.typed import plain_code
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.programs.refusals import NeverUsable
from stampwell.refusal import NotFound
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.api_codes import ask_voucher_by_api_code, read_api_code
from stampwell.vouchers.describing import VoucherFacts
from stampwell.vouchers.refusals import (
    EndNotPossible,
    ExtendedTooLate,
    VoucherAlreadyRedeemed,
    VoucherCodeMistyped,
    VoucherNeverExpires,
    VoucherReserved,
    VoucherVoid,
)
from stampwell.vouchers.rows import COLUMNS, VoucherRow, read_voucher
from stampwell.web.api.answering import ApiController, reading, writing
from stampwell.web.api.asking import VoucherPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import link_voucher, maker_of, show_voucher
from stampwell.web.api.paging import Page, PageAsked, cursor_id, next_of
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import ExtensionAsked, VoucherAsked, clean_reason
from stampwell.web.visitors import visitor_address

TAGS = ["Vouchers"]


class VouchersAsked(PageAsked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`code` is what the customer's phone shows to be scanned, or the code by which a connected till asks for the
    voucher; no other redeem code.
    """

    code: str | None = None
    card_id: str | None = None


class Vouchers(ApiController):
    @validate(
        *reading(Page[VoucherFacts], VoucherCodeMistyped, TooManyGuesses, OwnCodesClosed),
        auth=[KeyWith(Scope.VOUCHERS_READ)],
        summary="List or find vouchers",
        description="All vouchers, oldest first, or those of one card, or the one with this code, scanned or typed.",
        operation_id="listVouchers",
        tags=TAGS,
    )
    def get(self, parsed_query: Query[VouchersAsked]) -> HttpResponse:
        caller, asked = self.caller, parsed_query
        signs = read_api_code(asked.code or "")
        guesser = a_key(caller, visitor_address(self.request)) if signs else None
        if guesser and guesser.has_to_wait:
            raise guesser.too_many()
        own = own_code_in(asked.code or "")
        if guesser and own and (refusal := why_not_read(caller.merchant, guesser.address)):
            raise refusal
        with merchant_transaction(caller.merchant.id) as tx:
            rows, at = _find_vouchers(tx, asked, signs), now()
            read_ahead((row.id, row.issue) for row in rows)
            items = [show_voucher(tx, row, caller, at=at) for row in rows[: asked.limit]]
        if guesser and not items and (refusal := count_missed_code(caller.merchant, guesser, own)):
            raise refusal
        return self.answer(Page(items, next_of(len(rows), items[-1].id if items else "", asked)))

    @validate(
        *writing(VoucherFacts, NotFound, CardVoid, NeverUsable),
        auth=[KeyWith(Scope.VOUCHERS_WRITE)],
        summary="Give a voucher by hand",
        description="Gives a reward of the card's program to the card, beside the stamps.",
        operation_id="issueVoucher",
        tags=TAGS,
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[VoucherAsked]) -> HttpResponse:
        return self.answer_once(idempotency_key, lambda: _give(self.caller, parsed_body))


class OneVoucher(ApiController):
    @validate(
        *reading(VoucherFacts, NotFound),
        auth=[KeyWith(Scope.VOUCHERS_READ)],
        summary="Read a voucher",
        description="Its state, its path, and its redeem code if the voucher can be used and the key may see it.",
        operation_id="readVoucher",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[VoucherPath]) -> HttpResponse:
        voucher_id = wanted_id("vch", parsed_path.voucher_id)
        with merchant_transaction(self.caller.merchant.id) as tx:
            return self.answer(show_voucher(tx, read_voucher(tx, voucher_id), self.caller, at=now()))


class VoucherExtension(ApiController):
    @validate(
        *writing(
            ExtendedFacts,
            NotFound,
            CardVoid,
            VoucherAlreadyRedeemed,
            VoucherReserved,
            VoucherVoid,
            VoucherNeverExpires,
            ExtendedTooLate,
            EndNotPossible,
        ),
        auth=[KeyWith(Scope.VOUCHERS_WRITE)],
        summary="Extend a voucher",
        description="Lets it end later. One that ended in the last 30 days can be used again.",
        operation_id="extendVoucher",
        tags=TAGS,
    )
    def post(
        self, parsed_path: Path[VoucherPath], idempotency_key: IdempotencyKey, parsed_body: JsonBody[ExtensionAsked]
    ) -> HttpResponse:
        reason = clean_reason(parsed_body.reason)
        return self.answer_once(
            idempotency_key, lambda: _extend(self.caller, parsed_path.voucher_id, parsed_body, reason)
        )


def _give(caller: ApiCaller, asked: VoucherAsked) -> VoucherFacts:
    card_id, reward_id = wanted_id("crd", asked.card_id), wanted_id("rwd", asked.reward_id)
    given = give_voucher(caller.merchant, card_id, reward_id, actor=caller.actor)
    return link_voucher(given.facts, given.voucher, maker_of(caller))


def _extend(caller: ApiCaller, voucher: str, asked: ExtensionAsked, reason: str) -> ExtendedFacts:
    done = extend_voucher(
        caller.merchant, wanted_id("vch", voucher), until=asked.expires_at, reason=reason, actor=caller.actor
    )
    return replace(done.facts, voucher=link_voucher(done.facts.voucher, done.voucher, caller))


def _find_vouchers(tx: Statements, asked: VouchersAsked, signs: str | None) -> list[VoucherRow]:
    """One more than the page holds, if there is one more. `signs` are those of a code for connected tills.

    Refuses: VoucherCodeMistyped.
    """
    conditions = ["merchant_id = %(merchant)s", "id > %(after)s"]
    if signs and isinstance(found := ask_voucher_by_api_code(tx, signs)(), VoucherCodeMistyped):
        raise found
    if signs:
        conditions.append("api_code = %(api_code)s")
    elif asked.code is not None:
        conditions.append("code_hash = %(code_hash)s")
    if asked.card_id is not None:
        conditions.append("card_id = %(card_id)s")
    return tx.rows(
        VoucherRow,
        f"SELECT {COLUMNS} FROM voucher WHERE {' AND '.join(conditions)} ORDER BY id LIMIT %(most)s",
        {
            "merchant": tx.merchant_id,
            "after": cursor_id("vch", asked),
            "code_hash": secret_hash(plain_code(asked.code or "").upper()),
            "api_code": signs,
            "card_id": private_id("crd", asked.card_id or ""),
            "most": asked.limit + 1,
        },
    )
