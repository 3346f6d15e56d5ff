"""Where nothing can be made of an event, the address is not to blame and the others go on."""

import pytest

from stampwell.events.rows import EventRow
from stampwell.journal.event_facts import EventFacts, describe_events
from stampwell.merchants.access import ApiCaller
from stampwell.transactions import Statements
from stampwell.webhooks import bodies
from stampwell.webhooks.bodies import EVENT_IS_GONE, NOT_DESCRIBED
from stampwell.webhooks.models import WebhookDelivery
from tests.following import follow_everything
from tests.webhooks.receiver import Receiver
from tests.webhooks.working import connect, deliveries, endpoint_of, work
from tests.world import Shop

pytestmark = pytest.mark.django_db


def test_an_event_that_nothing_can_be_made_of_keeps_no_other_back(
    lume: Shop, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    for _program in range(3):
        lume.publish()
    follow_everything()
    broken, *others = (one.sequence for one in deliveries(endpoint))
    describe = describe_events

    def stumble(tx: Statements, events: list[EventRow], caller: ApiCaller) -> list[EventFacts]:
        if broken in {event.sequence for event in events}:
            raise KeyError("program")
        return describe(tx, events, caller)

    monkeypatch.setattr(bodies, "describe_events", stumble)
    work()

    assert [heard.json["sequence"] for heard in hooks.taken] == others
    first, *rest = deliveries(endpoint)
    assert (first.state, first.tries, first.status, first.problem) == ("waiting", 1, None, NOT_DESCRIBED.problem)
    assert {one.state for one in rest} == {"delivered"}
    assert endpoint_of(lume, endpoint).failures == 0


def test_an_event_that_is_no_longer_there_is_not_sent_as_a_test(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    lume.publish()
    follow_everything()
    WebhookDelivery.objects.filter(endpoint_id=endpoint).update(sequence=999_999)
    work()

    assert hooks.heard == []
    (delivery,) = deliveries(endpoint)
    assert (delivery.state, delivery.due, delivery.problem) == ("failed", None, EVENT_IS_GONE.problem)
    assert endpoint_of(lume, endpoint).failures == 0
