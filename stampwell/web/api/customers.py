"""GET, PATCH and DELETE /customers/{id}."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Path, validate
from msgspec import UNSET, UnsetType

from stampwell.cards.correcting import change_customer
from stampwell.clock import now
from stampwell.customers.changing import CustomerChange
from stampwell.customers.contact import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PHONE,
    read_birthday,
    read_email,
    read_name,
    read_phone,
)
from stampwell.customers.describing import CustomerFacts, describe_customer, read_consent, read_customer
from stampwell.customers.tagging import LONGEST_TAG, TagsUnfit, name_tags, tags_of
from stampwell.ids import public_id, wanted_id
from stampwell.languages.texts import LanguageNotOffered
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.local_time import local_day
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_reads
from stampwell.web.api.answering import ApiController, changing, reading
from stampwell.web.api.asking import CustomerPath, wanted_locale
from stampwell.web.api.erasure import ErasureFacts, erase
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import Asked, final, fit

TAGS = ["Customers"]
MOST_CARDS = 100  # of a customer are named


class CustomerWithCardsFacts(CustomerFacts, frozen=True, kw_only=True):
    """Their cards, the newest first, and the shop's own words for them."""

    card_ids: list[str]
    tags: list[str]


class CustomerChangedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`changed` names the fields that are not as they were; it is empty where all was so already."""

    id: str
    changed: list[str]


class CustomerChangeAsked(Asked, frozen=True, kw_only=True):
    """What is left out stays as it is; null and "" take away what is there. `tags` are all that the customer has then,
    and none of them holds a comma or a semicolon.
    """

    name: Annotated[str, final(LONGEST_NAME)] | UnsetType | None = UNSET
    email: Annotated[str, final(LONGEST_EMAIL)] | UnsetType | None = UNSET
    phone: Annotated[str, final(LONGEST_PHONE, "Digits, blanks and + ( ) . / -")] | UnsetType | None = UNSET
    birthday: date | UnsetType | None = UNSET
    locale: Annotated[str, msgspec.Meta(max_length=35)] | UnsetType = UNSET
    tags: list[Annotated[str, final(LONGEST_TAG)]] | UnsetType = UNSET


class OneCustomer(ApiController):
    @validate(
        *reading(CustomerWithCardsFacts, NotFound),
        auth=[KeyWith(Scope.CUSTOMERS_READ)],
        summary="Read a customer",
        description="What is known of a customer, and which cards they have.",
        operation_id="readCustomer",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[CustomerPath]) -> HttpResponse:
        with merchant_reads(self.caller.merchant.id) as tx:
            return self.answer(_show(tx, wanted_id("cus", parsed_path.customer_id)))

    @validate(
        *changing(CustomerChangedFacts, NotFound, LanguageNotOffered, TagsUnfit),
        auth=[KeyWith(Scope.CUSTOMERS_WRITE)],
        summary="Change a customer",
        description=(
            "Changes the fields that are sent. The answer names what changed and shows nothing of the customer, because"
            " answers are kept for a month, and because writing alone does not show."
        ),
        operation_id="changeCustomer",
        tags=TAGS,
    )
    def patch(
        self,
        parsed_path: Path[CustomerPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[CustomerChangeAsked],
    ) -> HttpResponse:
        change = _change_of(parsed_body, today=local_day(self.caller.merchant, now()))
        asked = parsed_body.tags
        return self.answer_once(
            idempotency_key,
            lambda: _change(self.caller, wanted_id("cus", parsed_path.customer_id), change, asked),
            status=lambda _facts: HTTPStatus.OK,
        )

    @validate(
        *changing(ErasureFacts, NotFound),
        auth=[KeyWith(Scope.CUSTOMERS_WRITE)],
        summary="Delete a customer",
        description="The same as erasing the customer, for whoever looks for it here.",
        operation_id="deleteCustomer",
        tags=TAGS,
    )
    def delete(self, parsed_path: Path[CustomerPath], idempotency_key: IdempotencyKey) -> HttpResponse:
        return self.answer_once(
            idempotency_key,
            lambda: erase(self.caller, wanted_id("cus", parsed_path.customer_id)),
            status=lambda _facts: HTTPStatus.OK,
        )


_CARDS = "SELECT id FROM card WHERE merchant_id = %s AND customer_id = %s ORDER BY id DESC LIMIT %s"


def _show(tx: Statements, customer_id: UUID) -> CustomerWithCardsFacts:
    """Refuses: NotFound."""
    facts = describe_customer(read_customer(tx, customer_id), read_consent(tx, customer_id))
    cards = tx.values(UUID, _CARDS, (tx.merchant_id, customer_id, MOST_CARDS))
    return CustomerWithCardsFacts(
        **msgspec.structs.asdict(facts),
        card_ids=[public_id("crd", one) for one in cards],
        tags=[tag.name for tag in tags_of(tx, customer_id)],
    )


def _change(
    caller: ApiCaller, customer_id: UUID, change: CustomerChange, asked: list[str] | UnsetType
) -> CustomerChangedFacts:
    tags = None if asked is UNSET else name_tags(asked)
    done = change_customer(caller.merchant, customer_id, change, tags=tags, actor=caller.actor)
    return CustomerChangedFacts(id=public_id("cus", customer_id), changed=done.changed)


def _change_of(asked: CustomerChangeAsked, *, today: date) -> CustomerChange:
    """Refuses: InvalidRequest, LanguageNotOffered."""
    name, email, phone, birthday = asked.name, asked.email, asked.phone, asked.birthday
    return CustomerChange(
        name=UNSET if name is UNSET else fit("/name", lambda: read_name(name or "")),
        email=UNSET if email is UNSET else fit("/email", lambda: read_email(email or "")),
        phone=UNSET if phone is UNSET else fit("/phone", lambda: read_phone(phone or "")),
        birthday=UNSET if birthday is UNSET else fit("/birthday", lambda: read_birthday(birthday, today=today)),
        locale=UNSET if asked.locale is UNSET else wanted_locale(asked.locale),
    )
