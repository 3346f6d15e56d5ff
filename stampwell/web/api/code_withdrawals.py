"""POST /code-pools/{id}/withdrawal: single codes that a till refuses, or that somebody else knows."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from dmr import Path, validate
from msgspec import Meta

from stampwell.ids import public_id, wanted_id
from stampwell.languages.patterns import whole
from stampwell.merchants.access import Scope
from stampwell.redeem_codes.formats import LONGEST_CODE
from stampwell.redeem_codes.withdrawing import MOST_AT_ONCE, Reason
from stampwell.refusal import NotFound
from stampwell.vouchers.withdrawing_codes import NamedCode, Outcome, withdraw_single_codes
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import CodePoolPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import Asked

OneCode = Annotated[str, whole(r"[^\x00-\x1f\x7f]*", least=1, most=LONGEST_CODE, told="As the till knows it.")]


class WithdrawalAsked(Asked, frozen=True, kw_only=True):
    codes: Annotated[list[OneCode], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    reason: Reason


class WithdrawnCodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is as it was asked for. `state` is `used` where it was used, so that it stays, and `unknown` where the
    pool has no such code; then `id` is null. `voucher_id` is the voucher that has it, or had it.
    """

    code: str
    state: Outcome
    id: str | None
    voucher_id: str | None


class WithdrawalFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`withdrawn` of the `codes` are so now, also those that were before."""

    pool_id: str
    withdrawn: int
    codes: list[WithdrawnCodeFacts]


class CodePoolWithdrawal(ApiController):
    @validate(
        *writing(WithdrawalFacts, NotFound),
        auth=[KeyWith(Scope.CODES_WRITE)],
        summary="Withdraw single codes",
        description=(
            "No voucher gets one of these codes any more. A voucher that has one and is still unused gets another one."
            " A code that was used stays as it is. Withdrawn once more, nothing changes."
        ),
        operation_id="withdrawCodes",
        tags=["Redeem codes"],
    )
    def post(
        self, parsed_path: Path[CodePoolPath], idempotency_key: IdempotencyKey, parsed_body: JsonBody[WithdrawalAsked]
    ) -> HttpResponse:
        caller, asked = self.caller, parsed_body

        def withdraw() -> WithdrawalFacts:
            pool_id = wanted_id("cdp", parsed_path.pool_id)
            named = withdraw_single_codes(
                caller.merchant, pool_id, asked.codes, reason=asked.reason, actor=caller.actor
            )
            withdrawn = sum(one.outcome == "withdrawn" for one in named)
            return WithdrawalFacts(
                pool_id=public_id("cdp", pool_id), withdrawn=withdrawn, codes=[_describe(one) for one in named]
            )

        return self.answer_once(idempotency_key, withdraw)


def _describe(one: NamedCode) -> WithdrawnCodeFacts:
    row = one.row
    return WithdrawnCodeFacts(
        code=one.code,
        state=one.outcome,
        id=public_id("cde", row.id) if row else None,
        voucher_id=public_id("vch", row.voucher_id) if row and row.voucher_id else None,
    )
