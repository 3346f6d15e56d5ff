"""A test, one delivery once more, all events from one on; and what is forgotten."""

from datetime import timedelta
from uuid import UUID

import pytest

from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.events.reader import rewind
from stampwell.reactions import find_follower
from stampwell.schedule import replay_webhooks
from stampwell.webhooks import bodies
from stampwell.webhooks.asking_again import ask_for_replay, retry_delivery, send_test
from stampwell.webhooks.claiming import QUICK, Visit, claim_visit
from stampwell.webhooks.clearing import forget_old_deliveries
from stampwell.webhooks.connecting import remove_endpoint
from stampwell.webhooks.dispatch import make_visit
from stampwell.webhooks.models import WebhookDelivery, WebhookEndpoint
from stampwell.webhooks.refusals import WebhookOff
from tests.following import follow_everything
from tests.webhooks.receiver import TAKES, Receiver
from tests.webhooks.working import connect, deliveries, endpoint_of, work
from tests.world import Shop

pytestmark = pytest.mark.django_db


def claim_last_try(shop: Shop, endpoint_id: UUID) -> Visit:
    """Of the one event that there is."""
    shop.publish()
    follow_everything()
    WebhookDelivery.objects.filter(endpoint_id=endpoint_id).update(tries=9)
    visit = claim_visit(shop.merchant.id, QUICK)
    assert visit is not None
    return visit


def test_a_test_is_sent_as_everything_else_is(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["stamp.added"])
    send_test(lume.merchant, endpoint)

    work()

    (heard,) = hooks.taken
    assert (heard.json["type"], heard.json["sequence"]) == ("webhook.test", 0)
    assert heard.json["data"] == {"webhook_id": f"whk_{endpoint.hex}"}
    assert heard.headers["webhook-signature"].startswith("v1,")


def test_one_delivery_is_sent_once_more(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    lume.publish()
    work()
    (delivery,) = deliveries(endpoint)

    retry_delivery(lume.merchant, delivery.id)
    work()

    assert [heard.id for heard in hooks.taken] == [f"evt_{delivery.event_id.hex}"] * 2
    assert deliveries(endpoint)[0].state == "delivered"


def test_a_retry_that_was_asked_for_during_the_last_try_is_made(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    visit = claim_last_try(lume, endpoint)
    retry_delivery(lume.merchant, deliveries(endpoint)[0].id)
    hooks.always(500)

    make_visit(lume.merchant.id, visit)

    (delivery,) = deliveries(endpoint)
    assert (delivery.state, delivery.tries, delivery.due) == ("waiting", 0, now())
    hooks.manner = lambda _heard: TAKES
    work()
    assert deliveries(endpoint)[0].state == "delivered"


def test_a_late_failure_does_not_write_over_what_was_taken(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    visit = claim_last_try(lume, endpoint)
    retry_delivery(lume.merchant, deliveries(endpoint)[0].id)
    work()
    hooks.always(500)

    make_visit(lume.merchant.id, visit)

    (delivery,) = deliveries(endpoint)
    assert (delivery.state, delivery.status, delivery.tries) == ("delivered", 204, 1)


def test_who_comes_back_late_releases_nothing_that_others_send_now(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    lume.publish()
    lume.publish()
    follow_everything()
    visit = claim_visit(lume.merchant.id, QUICK)
    assert visit is not None
    hooks.always(500)

    with stopped_at(now() + timedelta(minutes=2)):
        others = claim_visit(lume.merchant.id, QUICK)
        assert others is not None
        make_visit(lume.merchant.id, visit)

        assert {one.leased_until for one in deliveries(endpoint)} == {others.deliveries[0].leased_until}


def test_a_replay_sends_everything_from_one_event_on(lume: Shop, hooks: Receiver) -> None:
    for _program in range(3):
        lume.publish()
    endpoint = connect(lume, hooks, types=["program.published"])
    lume.publish()
    work()
    published = Event.objects.filter(merchant=lume.merchant, type="program.published").order_by("sequence")
    numbers = [event.sequence for event in published]
    assert [heard.json["sequence"] for heard in hooks.taken] == numbers[-1:]

    ask_for_replay(lume.merchant, endpoint, after=numbers[0] or 0)
    replay_webhooks()
    work()

    assert [heard.json["sequence"] for heard in hooks.taken[1:]] == numbers[1:]
    assert endpoint_of(lume, endpoint).replay_after is None


def test_followed_once_more_nothing_is_sent_again(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks)
    lume.publish()
    work()
    heard = len(hooks.heard)
    WebhookDelivery.objects.filter(endpoint_id=endpoint).delete()
    follower = find_follower("webhooks")
    assert follower is not None

    rewind(lume.merchant.id, follower)

    assert work() == 0
    assert len(hooks.heard) == heard > 0


def test_to_one_that_is_off_nothing_is_sent(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks)
    WebhookEndpoint.objects.filter(id=endpoint).update(state="off")

    for ask in (lambda: send_test(lume.merchant, endpoint), lambda: ask_for_replay(lume.merchant, endpoint, after=0)):
        with pytest.raises(WebhookOff):
            ask()


def test_what_is_too_large_is_sent_without_its_largest_part(
    lume: Shop, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(lume, hooks, types=["program.published"])
    lume.publish()
    monkeypatch.setattr(bodies, "LARGEST", 700)

    work()

    (heard,) = hooks.taken
    assert heard.json["left_out"] == ["program"]
    assert heard.json["data"]["program"] is None
    assert len(heard.body) <= 700


def test_what_is_old_and_what_was_deleted_is_forgotten(lume: Shop, hooks: Receiver) -> None:
    kept, removed = connect(lume, hooks), connect(lume, hooks)
    lume.publish()
    work()
    remove_endpoint(lume.merchant, removed)
    forget_old_deliveries()
    assert deliveries(removed) == []
    assert deliveries(kept) != []
    assert not WebhookEndpoint.objects.filter(id=removed).exists()

    with stopped_at(now() + timedelta(days=31)):
        forget_old_deliveries()
        assert deliveries(kept) == []
