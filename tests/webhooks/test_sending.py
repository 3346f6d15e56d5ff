"""What happens at a shop is sent to whoever wants to hear of it, until it is taken."""

import random
from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from svix.webhooks import Webhook as Svix

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.actors import Actor
from stampwell.merchants.access import Scope
from stampwell.transactions import merchant_transaction
from stampwell.webhooks import answers, dispatch
from stampwell.webhooks.claiming import PLAN, QUICK, SLOW, claim_visit
from stampwell.webhooks.connecting import Wanted, add_endpoint, resume_endpoint, rotate_secret
from stampwell.webhooks.dispatch import make_visit
from stampwell.webhooks.models import WebhookEndpoint
from stampwell.webhooks.signing import secret_text, signed_headers
from tests.following import follow_everything
from tests.mailbox import letters
from tests.web.api.client import ApiClient
from tests.webhooks.receiver import TAKES, Manner, Receiver
from tests.webhooks.working import connect, deliveries, endpoint_of, send_what_is_due, work
from tests.world import Shop

pytestmark = pytest.mark.django_db

AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
LATER = timedelta(hours=30)  # longer than any pause


class Died(Exception):
    """The power went."""


def test_it_is_the_very_event_that_the_api_shows_to_a_key_without_links(lume: Shop, hooks: Receiver) -> None:
    reader = ApiClient(lume.api_key(Scope.EVENTS_READ))
    connect(lume, hooks)
    card = lume.publish(name="Kafijas karte ☕").card()
    add_stamp(lume.merchant, card.id, Purchase(count=5), actor=lume.actor)

    work()

    shown = reader.get("/events?limit=200").json["items"]
    sent = sorted((heard.json for heard in hooks.taken), key=lambda event: event["sequence"])
    assert {"stamp.added", "milestone.reached", "voucher.issued"} <= {event["type"] for event in sent}
    assert sent == [{**event, "left_out": []} for event in shown[-len(sent) :]]
    assert card.url.encode() not in b"".join(heard.body for heard in hooks.taken)
    assert {heard.headers["content-type"] for heard in hooks.taken} == {"application/json"}


@pytest.mark.machine_clock
def test_each_try_is_signed_so_that_libraries_of_others_take_it(lume: Shop, hooks: Receiver) -> None:
    made = add_endpoint(lume.merchant, Wanted(url=hooks.url), actor=lume.actor)
    lume.publish(name="Kafijas karte ☕")
    work()
    changed = rotate_secret(lume.merchant, made.row.id)
    lume.publish(name="Tējas karte")
    work()

    first, last = hooks.taken[0], hooks.taken[-1]
    for secret in (made.secret, changed.secret):
        assert Webhook(secret_text(secret)).verify(last.body, last.headers) == last.json
        Svix(secret_text(secret)).verify(last.body, last.headers)
    Svix(secret_text(made.secret)).verify(first.body, first.headers)
    for wrong in (changed.secret, b"x" * 32):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret_text(wrong)).verify(first.body, first.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(made.secret)).verify(first.body + b" ", first.headers)


@pytest.mark.machine_clock
@pytest.mark.parametrize(("seconds", "is_taken"), [(-299, True), (-301, False), (301, False)])
def test_what_was_signed_at_another_time_is_refused_by_libraries_of_others(seconds: int, is_taken: bool) -> None:
    secret, body = b"s" * 32, "{“ʻ☕”}".encode()
    signed = signed_headers([secret], "evt_1", now() + timedelta(seconds=seconds), body)

    def verify() -> bool:
        try:
            Svix(secret_text(secret)).verify(body, signed)
        except WebhookVerificationError:
            return False
        return True

    assert verify() is is_taken
    assert (
        Webhook(secret_text(secret)).sign("evt_1", now(), body.decode())
        == signed_headers([secret], "evt_1", now(), body)["webhook-signature"]
    )


def test_the_secret_of_before_signs_for_a_day(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks)
    rotate_secret(lume.merchant, endpoint)
    row = endpoint_of(lume, endpoint)

    assert len(row.secrets_at(now() + timedelta(hours=23))) == 2
    assert len(row.secrets_at(now() + timedelta(hours=24))) == 1


def test_only_what_is_wanted_is_sent_and_nothing_that_was_rolled_back(lume: Shop, hooks: Receiver) -> None:
    by_type = connect(lume, hooks, types=["stamp.added"])
    here = connect(lume, hooks, location_ids=[lume.location.id])
    card = lume.publish(earning=AT_ONCE).card()
    add_stamp(lume.merchant, card.id, Purchase(), actor=Actor(source="api", location_id=lume.location.id))
    with suppress(Died), merchant_transaction(lume.merchant.id):
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
        raise Died

    work()

    assert [one.type for one in deliveries(by_type)] == [one.type for one in deliveries(here)] == ["stamp.added"]
    assert [heard.json["location_id"] for heard in hooks.taken] == [f"loc_{lume.location.id.hex}"] * 2


def test_a_failure_is_tried_again_by_the_plan_and_then_given_up(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    hooks.always(500, b"Out of order\x00")
    lume.publish()

    gaps, at = [], now()
    while True:
        with stopped_at(at):
            assert work() == 1
        (delivery,) = deliveries(endpoint)
        if delivery.due is None:
            break
        with stopped_at(delivery.due - timedelta(seconds=1)):
            assert send_what_is_due() == 0
        gaps.append(delivery.due - at)
        at = delivery.due

    assert all(least <= gap <= least * 1.2 for least, gap in zip(PLAN.pauses, gaps, strict=True))
    assert len({heard.id for heard in hooks.heard}) == 1
    assert (delivery.state, delivery.tries, delivery.status) == ("failed", 10, 500)
    assert delivery.answer == "Out of order�"


@pytest.mark.parametrize(
    ("manner", "status"),
    [(Manner(301, {"location": "/elsewhere"}), 301), (Manner(0), None), (Manner(500, {}, b"x" * 50_000), 500)],
)
def test_redirects_broken_connections_and_long_answers_are_failures(
    lume: Shop, hooks: Receiver, manner: Manner, status: int | None
) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    hooks.manner = lambda _heard: manner
    lume.publish()
    work()

    (delivery,) = deliveries(endpoint)
    assert (delivery.state, delivery.status) == ("waiting", status)
    assert len(delivery.answer) <= 1000
    assert bool(delivery.problem) is (status is None)


def test_a_wait_that_the_receiver_asks_for_is_granted_up_to_a_day(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    hooks.always(503, retry_after="600")
    lume.publish()
    work()
    due = deliveries(endpoint)[0].due
    assert due == now() + timedelta(minutes=10)

    hooks.always(429, retry_after="99999999")
    with stopped_at(due):
        work()
        assert deliveries(endpoint)[0].due == now() + timedelta(hours=24)


def test_who_answers_410_hears_no_more(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks)
    hooks.always(410)
    for _program in range(3):
        lume.publish()
    work()
    lume.publish()
    work()

    row = endpoint_of(lume, endpoint)
    assert (row.state, row.off_reason, len(hooks.heard)) == ("off", "gone", 1)
    assert {one.state for one in deliveries(endpoint)} == {"failed"}
    hooks.manner = lambda _heard: TAKES
    resume_endpoint(lume.merchant, endpoint)
    lume.publish()
    assert work() == 1


def test_what_was_sent_before_it_was_switched_on_again_counts_no_more(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    for _program in range(3):
        lume.publish()
    follow_everything()
    one_each = msgspec.structs.replace(QUICK, batch=1)
    first, *late = [claim_visit(lume.merchant.id, one_each) for _program in range(3)]
    hooks.always(410)
    assert first is not None
    make_visit(lume.merchant.id, first)
    assert endpoint_of(lume, endpoint).state == "off"
    resume_endpoint(lume.merchant, endpoint)

    for status, visit in zip((410, 500), late, strict=True):
        hooks.always(status)
        assert visit is not None
        make_visit(lume.merchant.id, visit)

    row = endpoint_of(lume, endpoint)
    assert (row.state, row.failing_since, row.failures, row.is_slow) == ("on", None, 0, True)


def test_after_five_days_of_failures_it_is_off_and_the_owners_are_told(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    hooks.always(500)
    begun = now()
    for hours in range(0, 6 * 24, 6):
        with stopped_at(begun + timedelta(hours=hours)):
            lume.publish()
            work()

    row = endpoint_of(lume, endpoint)
    assert (row.state, row.off_reason) == ("off", "failing")
    assert row.off_since == begun + timedelta(days=5)
    (mail,) = [mail for mail in letters() if "127.0.0.1" in mail.subject]
    assert "/hooks" not in mail.body


def test_one_success_begins_the_five_days_anew(lume: Shop, hooks: Receiver) -> None:
    endpoint = connect(lume, hooks, types=["program.published"])
    hooks.always(500)
    lume.publish()
    work()
    hooks.manner = lambda _heard: TAKES
    with stopped_at(now() + LATER):
        assert work() == 1
    row = endpoint_of(lume, endpoint)
    assert (row.failing_since, row.failures, row.is_slow) == (None, 0, False)


def test_a_receiver_that_fails_half_the_time_has_everything_in_the_end(
    lume: Shop, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the sender dies now and then between the answer and writing it down."""
    dice = random.Random(13)
    endpoint = connect(lume, hooks)
    card = lume.publish(earning=AT_ONCE).card()
    for _stamp in range(20):
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    faults = [Manner(500), Manner(0), Manner(301, {"location": "/"}), Manner(429, {"retry-after": "30"})]
    hooks.manner = lambda _heard: TAKES if dice.random() < 0.5 else dice.choice(faults)
    write_down = answers.write_down

    def perhaps_die(*arguments: object) -> None:
        if dice.random() >= 0.2:
            write_down(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(dispatch, "write_down", perhaps_die)
    work()
    moment = now()
    while any(one.due for one in deliveries(endpoint)):
        moment += timedelta(minutes=10)
        with stopped_at(moment):
            work()

    made = deliveries(endpoint)
    assert {one.state for one in made} == {"delivered"}
    assert {heard.id for heard in hooks.taken} == {f"evt_{one.event_id.hex}" for one in made}
    assert [one.sequence for one in made] == sorted(one.sequence for one in made if one.sequence)
    assert len(made) > 22


def test_what_fails_or_is_slow_goes_one_by_one_and_keeps_no_other_waiting(lume: Shop, hooks: Receiver) -> None:
    good, bad = connect(lume, hooks), connect(lume, hooks, types=["program.published"])
    WebhookEndpoint.objects.filter(id=bad).update(is_slow=True)
    for _program in range(3):
        lume.publish()
    follow_everything()

    slow, quick = claim_visit(lume.merchant.id, SLOW), claim_visit(lume.merchant.id, QUICK)
    assert slow is not None
    assert quick is not None
    assert (slow.endpoint.id, len(slow.deliveries)) == (bad, 1)
    assert quick.endpoint.id == good
    assert len(quick.deliveries) >= 3
    # What is on its way is leased; of the slow one nothing else is taken meanwhile.
    assert claim_visit(lume.merchant.id, SLOW) is None
    with stopped_at(now() + timedelta(minutes=2)):
        again = claim_visit(lume.merchant.id, SLOW)
        assert again is not None
        assert again.deliveries[0].id == slow.deliveries[0].id
