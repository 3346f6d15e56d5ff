"""POST and GET /cards, GET /cards/{id}."""

from collections.abc import Callable
from http import HTTPStatus
from itertools import chain
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Path, Query, validate

from stampwell.brought.secrets import read_ahead
from stampwell.cards.describing import CardFacts
from stampwell.cards.issuing import issue_card
from stampwell.cards.numbers import is_short_number
from stampwell.cards.recovering import recover_card
from stampwell.cards.refusals import CardVoid
from stampwell.cards.rows import COLUMNS, CardRow, ask_for_card
from stampwell.clock import now
from stampwell.counter.guessing import TooManyGuesses, a_key, count_miss
from stampwell.customers.joining import ContactDetails
from stampwell.ids import wanted_id
from stampwell.languages.texts import LanguageNotOffered
from stampwell.languages.typed import plain, plain_number
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.local_time import local_day
from stampwell.merchants.locations import LocationClosed
from stampwell.programs.course import JoiningPaused, why_no_new_card
from stampwell.programs.offering import ProgramClosed
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_reads, merchant_transaction
from stampwell.vouchers.rows import COLUMNS as VOUCHER_COLUMNS
from stampwell.vouchers.rows import IS_OPEN, VoucherRow
from stampwell.web.api.answering import ApiController, reading, writing
from stampwell.web.api.asking import CardPath, actor_at, wanted_locale
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import link_card, maker_of, show_card
from stampwell.web.api.paging import Page, PageAsked, cursor_id, next_of
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import LocationNotAllowed
from stampwell.web.api.shapes import ANYWHERE, CardAsked, RecoveryAsked, details_of

TAGS = ["Cards"]


class IssuedCardFacts(CardFacts, frozen=True, kw_only=True):
    """`is_new` is false where the card was there before. `customer_taken` tells whether the customer's data that you
    sent were kept: only those of a new card are. It is null where you sent none.
    """

    is_new: bool
    customer_taken: bool | None


class CardsAsked(PageAsked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each filter narrows the list further."""

    external_id: str | None = None
    short_number: str | None = None
    email: str | None = None


class Cards(ApiController):
    @validate(
        *reading(Page[CardFacts], TooManyGuesses),
        auth=[KeyWith(Scope.CARDS_READ)],
        summary="List or find cards",
        description="All cards, oldest first, or those with this external id, short number or customer's e-mail.",
        operation_id="listCards",
        tags=TAGS,
    )
    def get(self, parsed_query: Query[CardsAsked]) -> HttpResponse:
        caller, asked = self.caller, parsed_query
        guesser = a_key(caller) if is_short_number(plain_number(asked.short_number or "")) else None
        if guesser and guesser.has_to_wait:
            raise guesser.too_many()
        with merchant_transaction(caller.merchant.id) as tx:
            cards = _find_cards(tx, asked)
            shown = cards[: asked.limit]
            vouchers = _open_vouchers(tx, [card.id for card in shown])
            read_ahead((card.id, card.issue) for card in shown)
            read_ahead((one.id, one.issue) for one in chain.from_iterable(vouchers.values()))
            at = now()
            items = [show_card(tx, card, vouchers.get(card.id, []), caller, at=at) for card in shown]
        if guesser and not items and (refusal := count_miss(caller.merchant, guesser)):
            raise refusal
        return self.answer(Page(items, next_of(len(cards), items[-1].id if items else "", asked)))

    @validate(
        *writing(
            IssuedCardFacts,
            NotFound,
            LanguageNotOffered,
            ProgramClosed,
            JoiningPaused,
            LocationClosed,
            also=HTTPStatus.OK,
        ),
        auth=[KeyWith(Scope.CARDS_WRITE)],
        summary="Issue a card",
        description=(
            "Gives a customer a card (201). The same `external_id` in the same program gives the same card again (200),"
            " and nothing of it changes: `customer_taken` is false then."
        ),
        operation_id="issueCard",
        tags=TAGS,
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[CardAsked]) -> HttpResponse:
        details = details_of(parsed_body.customer, today=local_day(self.caller.merchant, now()))
        return self.answer_once(
            idempotency_key,
            lambda: _issue(self.caller, parsed_body, details),
            status=lambda facts: HTTPStatus.CREATED if facts.is_new else HTTPStatus.OK,
        )


class OneCard(ApiController):
    @validate(
        *reading(CardFacts, NotFound),
        auth=[KeyWith(Scope.CARDS_READ)],
        summary="Read a card",
        description="Where the card stands: its stamps, its round and its open vouchers.",
        operation_id="readCard",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[CardPath]) -> HttpResponse:
        with merchant_reads(self.caller.merchant.id) as tx:
            return self.answer(ask_to_read(tx, parsed_path.card_id)(self.caller))


class CardRecovery(ApiController):
    @validate(
        *writing(CardFacts, NotFound, CardVoid, LocationNotAllowed),
        auth=[KeyWith(Scope.CARDS_WRITE)],
        summary="Recover a lost card",
        description=(
            "Gives the card new links, codes and a short number (201); its stamps and vouchers stay. Everything that"
            " opened it before opens nothing any more, and passes in phones become void."
        ),
        operation_id="recoverCard",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[CardPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[RecoveryAsked] = ANYWHERE,
    ) -> HttpResponse:
        return self.answer_once(idempotency_key, lambda: _recover(self.caller, parsed_path.card_id, parsed_body))


def ask_to_read(tx: Statements, card: str) -> Callable[[ApiCaller], CardFacts]:
    """Asks the database for the card, and returns a function that shows it to a caller who may see it."""
    asked = ask_for_card(tx, wanted_id("crd", card))

    def read(caller: ApiCaller) -> CardFacts:
        row, vouchers = asked.rows()
        return show_card(tx, row, vouchers, caller, at=now())

    return read


def _issue(caller: ApiCaller, asked: CardAsked, details: ContactDetails) -> IssuedCardFacts:
    merchant = caller.merchant
    program = find_program(merchant, wanted_id("prg", asked.program_id))
    if refusal := why_no_new_card(program, now()):
        raise refusal
    issued = issue_card(
        merchant,
        terms_of(merchant.id, program.current_version_id),
        locale=merchant.locale if asked.locale is None else wanted_locale(asked.locale),
        actor=caller.actor,
        details=details,
        external_id=asked.external_id,
    )
    facts = link_card(issued.facts, issued.card, issued.vouchers, maker_of(caller))
    return IssuedCardFacts(
        **msgspec.structs.asdict(facts),
        is_new=issued.is_new,
        customer_taken=issued.is_new if asked.customer else None,
    )


def _recover(caller: ApiCaller, card: str, asked: RecoveryAsked) -> CardFacts:
    actor = actor_at(caller, asked.location_id)
    recovered = recover_card(caller.merchant, wanted_id("crd", card), actor=actor)
    return link_card(recovered.facts, recovered.card, recovered.vouchers, maker_of(caller))


def _find_cards(tx: Statements, asked: CardsAsked) -> list[CardRow]:
    """One more than the page holds, if there is one more."""
    conditions = ["c.merchant_id = %(merchant)s", "c.id > %(after)s"]
    if asked.external_id is not None:
        conditions.append("c.external_id = %(external_id)s")
    if asked.short_number is not None:
        conditions.append("c.short_number = %(short_number)s")
    if asked.email is not None:
        conditions.append(
            "c.customer_id IN (SELECT id FROM customer WHERE merchant_id = %(merchant)s AND email = ANY(%(emails)s))"
        )
    return tx.rows(
        CardRow,
        f"SELECT {COLUMNS} FROM card c WHERE {' AND '.join(conditions)} ORDER BY c.id LIMIT %(most)s",
        {
            "merchant": tx.merchant_id,
            "after": cursor_id("crd", asked),
            "external_id": _plain(asked.external_id),
            "short_number": plain_number(asked.short_number or ""),
            "emails": [_plain(asked.email), plain(asked.email or "").lower()],
            "most": asked.limit + 1,
        },
    )


def _plain(text: str | None) -> str:
    """Nothing is stored with a NUL in it, and PostgreSQL would not even compare with one."""
    return (text or "").replace("\0", "\ufffd")


def _open_vouchers(tx: Statements, card_ids: list[UUID]) -> dict[UUID, list[VoucherRow]]:
    rows = tx.rows(
        VoucherRow,
        f"SELECT {VOUCHER_COLUMNS} FROM voucher WHERE merchant_id = %s AND card_id = ANY(%s)"
        f" AND {IS_OPEN} ORDER BY issued, id",
        (tx.merchant_id, card_ids),
    )
    by_card: dict[UUID, list[VoucherRow]] = {}
    for row in rows:
        by_card.setdefault(row.card_id, []).append(row)
    return by_card
