"""GET and POST /webhooks, DELETE /webhooks/{id}, its test, rotation, resumption and replay, and what was delivered."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Path, Query, ResponseSpec, validate
from msgspec import Meta

from stampwell.clock import LAST_ID, now
from stampwell.ids import private_id, wanted_id
from stampwell.languages.patterns import whole
from stampwell.merchants.access import Scope
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.outgoing import LONGEST_URL
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_reads
from stampwell.web.api.answering import JSON, ApiController, asking, changing, reading, writing
from stampwell.web.api.asking import DeliveryPath, WebhookPath
from stampwell.web.api.event_types import TYPES, refuse_unknown_type
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.paging import Page, PageAsked, next_of
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import InvalidRequest, ScopeMissing
from stampwell.web.api.shapes import Asked, Id
from stampwell.webhooks.asking_again import (
    ask_for_replay,
    deliveries_of,
    delivery_and_body,
    retry_delivery,
    send_test,
)
from stampwell.webhooks.bodies import NoBody, WebhookBodyFacts
from stampwell.webhooks.connecting import (
    Wanted,
    WithSecret,
    add_endpoint,
    list_endpoints,
    remove_endpoint,
    resume_endpoint,
    rotate_secret,
)
from stampwell.webhooks.describing import DeliveryFacts, WebhookFacts, describe_delivery, describe_endpoint
from stampwell.webhooks.refusals import TooManyWebhooks, WebhookAddressRefused, WebhookOff
from stampwell.webhooks.signing import secret_text

TAGS = ["Webhooks"]
MOST_LOCATIONS = 200
App = Annotated[str, whole(r"[^\x00-\x1f\x7f]*", least=1, most=60, told="What made it, such as zapier; owners see it.")]
TypeAsked = Annotated[str, Meta(max_length=40, extra_json_schema={"enum": TYPES})]


class WebhookAsked(Asked, frozen=True, kw_only=True):
    """Without `types` all events are sent, without `location_ids` those of all locations and of none."""

    url: Annotated[str, Meta(min_length=1, max_length=LONGEST_URL, description="It begins with https://.")]
    types: Annotated[list[TypeAsked], Meta(max_length=100)] = []
    location_ids: Annotated[list[Id], Meta(max_length=MOST_LOCATIONS)] = []
    app: App | None = None


class ReplayAsked(Asked, frozen=True, kw_only=True):
    after: Annotated[int, Meta(ge=0, le=2**63 - 1, description="The `sequence` of the last event that you have.")]


class WebhooksFacts(msgspec.Struct, frozen=True):
    webhooks: list[WebhookFacts]


class WebhookWithSecretFacts(WebhookFacts, frozen=True, kw_only=True):
    """`secret` is shown this once: keep it where you check signatures."""

    secret: str


class DeliveryWithBodyFacts(DeliveryFacts, frozen=True, kw_only=True):
    """`body` is made when it is sent, and here as it would be now; null where the event is no longer there."""

    body: WebhookBodyFacts | None


class Webhooks(ApiController):
    @validate(
        *reading(WebhooksFacts),
        auth=[KeyWith(Scope.WEBHOOKS_READ)],
        summary="List webhooks",
        description="All addresses that the shop's events are sent to, the oldest first.",
        operation_id="listWebhooks",
        tags=TAGS,
    )
    def get(self) -> HttpResponse:
        with merchant_reads(self.caller.merchant.id) as tx:
            rows = list_endpoints(tx)
        return self.answer(WebhooksFacts([describe_endpoint(row, at=now()) for row in rows]))

    @validate(
        *writing(WebhookWithSecretFacts, NotFound, WebhookAddressRefused, TooManyWebhooks, ScopeMissing),
        auth=[KeyWith(Scope.WEBHOOKS_WRITE)],
        summary="Add a webhook",
        description=(
            "From now on each event is sent there as it happens. The key needs the scope `events:read` as well. The"
            " answer has the secret by which your program can tell that what it gets is ours."
        ),
        operation_id="addWebhook",
        tags=TAGS,
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[WebhookAsked]) -> HttpResponse:
        caller = self.caller
        if Scope.EVENTS_READ not in caller.scopes:
            raise ScopeMissing(scope=Scope.EVENTS_READ.value)
        wanted = _wanted(parsed_body)
        return self.answer_once(
            idempotency_key, lambda: _with_secret(add_endpoint(caller.merchant, wanted, actor=caller.actor))
        )


class OneWebhook(ApiController):
    @validate(
        ResponseSpec(None, status_code=HTTPStatus.NO_CONTENT),
        *changing(WebhookFacts, NotFound)[1:],
        auth=[KeyWith(Scope.WEBHOOKS_WRITE)],
        summary="Delete a webhook",
        description="Nothing more is sent there. It needs no `Idempotency-Key`: a second time it is not found.",
        operation_id="deleteWebhook",
        tags=TAGS,
    )
    def delete(self, parsed_path: Path[WebhookPath]) -> HttpResponse:
        refuse_if_closed(self.caller.merchant)
        with while_open():
            remove_endpoint(self.caller.merchant, wanted_id("whk", parsed_path.webhook_id))
        return HttpResponse(status=HTTPStatus.NO_CONTENT, content_type=JSON)


class WebhookTest(ApiController):
    @validate(
        *asking(DeliveryFacts, NotFound, WebhookOff),
        auth=[KeyWith(Scope.WEBHOOKS_WRITE)],
        summary="Send a test",
        description="Sends `webhook.test` there, signed and tried again as every event is.",
        operation_id="testWebhook",
        tags=TAGS,
    )
    def post(self, parsed_path: Path[WebhookPath], idempotency_key: IdempotencyKey) -> HttpResponse:
        merchant = self.caller.merchant
        return self.answer_once(
            idempotency_key,
            lambda: describe_delivery(send_test(merchant, wanted_id("whk", parsed_path.webhook_id))),
            status=lambda _facts: HTTPStatus.ACCEPTED,
        )


class WebhookRotation(ApiController):
    @validate(
        *writing(WebhookWithSecretFacts, NotFound),
        auth=[KeyWith(Scope.WEBHOOKS_WRITE)],
        summary="Change the secret",
        description="The answer has the new one. For 24 hours what is sent is signed with the one of before as well.",
        operation_id="rotateWebhookSecret",
        tags=TAGS,
    )
    def post(self, parsed_path: Path[WebhookPath], idempotency_key: IdempotencyKey) -> HttpResponse:
        merchant = self.caller.merchant
        return self.answer_once(
            idempotency_key, lambda: _with_secret(rotate_secret(merchant, wanted_id("whk", parsed_path.webhook_id)))
        )


class WebhookResumption(ApiController):
    @validate(
        *writing(WebhookFacts, NotFound),
        auth=[KeyWith(Scope.WEBHOOKS_WRITE)],
        summary="Switch a webhook on again",
        description="Events that happen from now on are sent; ask for a replay to get those that were missed.",
        operation_id="resumeWebhook",
        tags=TAGS,
    )
    def post(self, parsed_path: Path[WebhookPath], idempotency_key: IdempotencyKey) -> HttpResponse:
        merchant = self.caller.merchant

        def resume() -> WebhookFacts:
            return describe_endpoint(resume_endpoint(merchant, wanted_id("whk", parsed_path.webhook_id)), at=now())

        return self.answer_once(idempotency_key, resume)


class WebhookReplay(ApiController):
    @validate(
        *asking(WebhookFacts, NotFound, WebhookOff),
        auth=[KeyWith(Scope.WEBHOOKS_WRITE)],
        summary="Send events again",
        description=(
            "All events after a `sequence` that it wants to hear of, also those that were taken. What happens"
            " meanwhile is sent first."
        ),
        operation_id="replayWebhook",
        tags=TAGS,
    )
    def post(
        self, parsed_path: Path[WebhookPath], idempotency_key: IdempotencyKey, parsed_body: JsonBody[ReplayAsked]
    ) -> HttpResponse:
        merchant, after = self.caller.merchant, parsed_body.after

        def ask() -> WebhookFacts:
            row = ask_for_replay(merchant, wanted_id("whk", parsed_path.webhook_id), after=after)
            return describe_endpoint(row, at=now())

        return self.answer_once(idempotency_key, ask, status=lambda _facts: HTTPStatus.ACCEPTED)


class WebhookDeliveries(ApiController):
    @validate(
        *reading(Page[DeliveryFacts], NotFound),
        auth=[KeyWith(Scope.WEBHOOKS_READ)],
        summary="List deliveries",
        description="What was sent there in the last 30 days and how it went, the latest first.",
        operation_id="listWebhookDeliveries",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[WebhookPath], parsed_query: Query[PageAsked]) -> HttpResponse:
        asked, before = parsed_query, _before(parsed_query)
        with merchant_reads(self.caller.merchant.id) as tx:
            endpoint_id = wanted_id("whk", parsed_path.webhook_id)
            rows = deliveries_of(tx, endpoint_id, before=before, most=asked.limit + 1)
        items = [describe_delivery(row) for row in rows[: asked.limit]]
        return self.answer(Page(items, next_of(len(rows), items[-1].id if items else "", asked)))


class OneDelivery(ApiController):
    @validate(
        *reading(DeliveryWithBodyFacts, NotFound),
        auth=[KeyWith(Scope.WEBHOOKS_READ)],
        summary="Read a delivery",
        description="How it went, and what is sent. The key needs the scope `events:read` as well.",
        operation_id="readDelivery",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[DeliveryPath]) -> HttpResponse:
        caller = self.caller
        if Scope.EVENTS_READ not in caller.scopes:
            raise ScopeMissing(scope=Scope.EVENTS_READ.value)
        row, body = delivery_and_body(caller.merchant, wanted_id("dlv", parsed_path.delivery_id))
        facts = msgspec.structs.asdict(describe_delivery(row))
        shown = None if isinstance(body, NoBody) else msgspec.json.decode(body, type=WebhookBodyFacts)
        return self.answer(DeliveryWithBodyFacts(**facts, body=shown))


class DeliveryRetry(ApiController):
    @validate(
        *asking(DeliveryFacts, NotFound, WebhookOff),
        auth=[KeyWith(Scope.WEBHOOKS_WRITE)],
        summary="Send one event again",
        description="At once, and then by the whole plan again; also where it was taken.",
        operation_id="retryDelivery",
        tags=TAGS,
    )
    def post(self, parsed_path: Path[DeliveryPath], idempotency_key: IdempotencyKey) -> HttpResponse:
        merchant = self.caller.merchant
        return self.answer_once(
            idempotency_key,
            lambda: describe_delivery(retry_delivery(merchant, wanted_id("dlv", parsed_path.delivery_id))),
            status=lambda _facts: HTTPStatus.ACCEPTED,
        )


def _wanted(asked: WebhookAsked) -> Wanted:
    """Refuses: InvalidRequest for a type that there is not, NotFound."""
    for place, type in enumerate(asked.types):
        refuse_unknown_type([type], f"/types/{place}")
    locations = [wanted_id("loc", location) for location in asked.location_ids]
    return Wanted(url=asked.url, types=asked.types, location_ids=locations, app=asked.app or "")


def _with_secret(made: WithSecret) -> WebhookWithSecretFacts:
    facts = describe_endpoint(made.row, at=now())
    return WebhookWithSecretFacts(**msgspec.structs.asdict(facts), secret=secret_text(made.secret))


def _before(asked: PageAsked) -> UUID:
    """Refuses: InvalidRequest."""
    if asked.after is None:
        return LAST_ID
    before = private_id("dlv", asked.after)
    if before is None:
        raise InvalidRequest("?after", "unknown_cursor")
    return before
