"""From a stamp to the phone: what is pushed, when, how often, and what Apple's answers lead to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell import clock
from stampwell.models import Device, Pass, Registration
from stampwell.schedule import push_to_phones
from stampwell.wallet.apple.changes import send_again
from stampwell.wallet.apple.development_chain import Chain, make_development_chain
from stampwell.wallet.apple.push_link import Answer, Push
from stampwell.wallet.apple.push_queue import claim_due, write_answers
from stampwell.wallet.apple.push_services import close_push_services
from tests.doubles.apns import PushDouble, Said
from tests.kept import made_once
from tests.moments import START
from tests.wallet.following import catch_up
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db

SETTLED = START + timedelta(hours=1)  # until then every phone was brought up to date


def after(seconds: float) -> datetime:
    return SETTLED + timedelta(seconds=seconds)


@pytest.fixture
def double(
    chain: Chain, settings: Settings, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PushDouble]:
    settings.WALLET_APPLE_CERTIFICATE, settings.WALLET_APPLE_KEY = str(chain.certificate), str(chain.key)
    settings.WALLET_APPLE_INTERMEDIATE = str(chain.intermediate)
    with PushDouble(tmp_path_factory.mktemp("push"), [chain.root, chain.intermediate]) as running:
        settings.WALLET_APPLE_PUSH_HOST, settings.WALLET_APPLE_PUSH_CA = running.host, str(running.ca)
        yield running
        close_push_services()


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE, goal=20, milestones=[{"stamps": 20, "reward": REWARD}])


REWARD = {"name": "A free coffee", "path": "staff_scan"}


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card()


@pytest.fixture
def held(double: PushDouble, card: HeldCard) -> HeldByPhone:
    """Registered, and up to date since an hour before."""
    with clock.stopped_at(after(-3600)):
        held = Phone().add(f"{path_of(card)}/apple")
        assert held.register().status_code == 201
        catch_up()
        push_to_phones()
    assert double.seen == []
    return held


def stamp_at(seconds: float, card: HeldCard) -> None:
    with clock.stopped_at(after(seconds)):
        give_stamps(card, 1)


def work_at(seconds: float) -> None:
    """The worker's steps, at that moment."""
    with clock.stopped_at(after(seconds)):
        catch_up()
        push_to_phones()


def only() -> Registration:
    return Registration.objects.get()


def test_a_stamp_reaches_the_phone(held: HeldByPhone, card: HeldCard, double: PushDouble) -> None:
    stamp_at(0, card)
    work_at(0.5)
    assert double.seen == []  # a moment for what belongs to it
    work_at(1.6)

    assert [seen.token for seen in double.seen] == [held.phone.push_token]
    assert held.update() is True
    assert held.count == "1/20"


def test_ten_stamps_in_a_minute_are_one_push(held: HeldByPhone, card: HeldCard, double: PushDouble) -> None:
    for number in range(10):
        stamp_at(number * 0.09, card)
        work_at(number * 0.09)
    for second in range(1, 60):
        work_at(second)

    assert len(double.seen) == 1
    assert held.update() is True
    assert held.count == "10/20"


def test_stamps_spread_over_a_minute_are_one_push_in_that_minute_and_nothing_is_forgotten(
    held: HeldByPhone, card: HeldCard, double: PushDouble
) -> None:
    counted = []
    for second in range(130):
        if second < 60 and second % 6 == 0:
            stamp_at(second, card)
        work_at(second)
        counted.append(len(double.seen))

    assert counted[59] == 1
    assert counted[-1] == 2
    assert held.update() is True
    assert held.count == "10/20"


def test_nothing_is_pushed_when_nothing_changed(held: HeldByPhone, card: HeldCard, double: PushDouble) -> None:
    Pass.objects.update(touched=10)  # as if much had happened on the card that it does not show
    tag = Pass.objects.get().tag
    for second in (0, 2, 100):
        work_at(second)

    assert double.seen == []
    assert Pass.objects.get().tag == tag


def test_a_pass_that_nobody_registered_is_not_even_looked_at(double: PushDouble, card: HeldCard) -> None:
    Phone().add(f"{path_of(card)}/apple")
    stamp_at(0, card)
    work_at(5)

    assert Pass.objects.get().touched == 0
    assert double.seen == []


def test_what_changes_while_a_push_is_on_its_way_gets_its_own(
    held: HeldByPhone, card: HeldCard, double: PushDouble
) -> None:
    stamp_at(0, card)
    with clock.stopped_at(after(2)):
        catch_up()
        tag = only().wanted_tag
    Registration.objects.update(due=after(60))  # claimed by another worker
    stamp_at(3, card)
    with clock.stopped_at(after(3)):
        catch_up()

    assert only().wanted_tag > tag
    work_at(61)
    assert len(double.seen) == 1
    assert only().due is None


def test_every_phone_that_holds_the_pass_is_told(held: HeldByPhone, card: HeldCard, double: PushDouble) -> None:
    HeldByPhone(Phone("another-phone", "cd" * 32), held.content).register()
    stamp_at(0, card)
    work_at(2)
    work_at(4)

    assert {seen.token for seen in double.seen} == {"ab" * 32, "cd" * 32}


@pytest.mark.parametrize(
    "said",
    [
        Said(410, "Unregistered", timestamp=int(after(1).timestamp() * 1000)),
        Said(410, "Unregistered"),
        Said(400, "BadDeviceToken"),
        Said(400, "DeviceTokenNotForTopic"),
    ],
)
def test_a_phone_that_is_gone_is_forgotten(held: HeldByPhone, card: HeldCard, double: PushDouble, said: Said) -> None:
    double.script[held.phone.push_token] = [said]
    stamp_at(0, card)
    work_at(2)
    work_at(4)

    assert (Registration.objects.count(), Device.objects.count()) == (0, 0)
    assert Pass.objects.count() == 1


def test_a_phone_that_registered_after_it_was_gone_is_kept(
    held: HeldByPhone, card: HeldCard, double: PushDouble
) -> None:
    double.script[held.phone.push_token] = [Said(410, "Unregistered", timestamp=int(after(-7200).timestamp() * 1000))]
    stamp_at(0, card)
    work_at(2)
    work_at(4)
    work_at(60)

    assert only().last_answer == "200"
    assert len(double.seen) == 2


def test_a_phone_that_told_us_another_push_token_meanwhile_is_kept(
    held: HeldByPhone, card: HeldCard, double: PushDouble
) -> None:
    stamp_at(0, card)
    with clock.stopped_at(after(3)):
        catch_up()
    with clock.stopped_at(after(5)):
        (claim,) = claim_due(card.shop.merchant.id, [held.pass_type], most=5)
        held.register({"pushToken": "ef" * 32})
        push = Push(claim.id, claim.push_token, claim.pass_type)
        write_answers(card.shop.merchant.id, [(claim, Answer(push, 410, "Unregistered"))])
    work_at(6)

    assert [seen.token for seen in double.seen] == ["ef" * 32]


@pytest.mark.parametrize(
    ("said", "last_answer"),
    [
        (Said(429, "TooManyRequests"), "429 TooManyRequests"),
        (Said(500, "InternalServerError"), "500 InternalServerError"),
        (Said(503, "ServiceUnavailable"), "503 ServiceUnavailable"),
    ],
)
def test_a_service_that_is_busy_is_asked_again_with_growing_pauses(
    held: HeldByPhone, card: HeldCard, double: PushDouble, said: Said, last_answer: str
) -> None:
    double.script[held.phone.push_token] = [said, said, said]
    stamp_at(0, card)
    tried = {}
    for second in (2, 4, 6, 8, 10, 20, 40, 60, 120, 200, 400):
        work_at(second)
        tried[second] = len(double.seen)
        if second == 10:
            assert only().last_answer == last_answer

    assert tried == {2: 0, 4: 1, 6: 1, 8: 1, 10: 2, 20: 2, 40: 3, 60: 3, 120: 3, 200: 4, 400: 4}
    assert only().last_answer == "200"
    assert only().tries == 0


def test_a_wrong_certificate_removes_nobody(
    held: HeldByPhone, card: HeldCard, double: PushDouble, caplog: pytest.LogCaptureFixture
) -> None:
    double.script[held.phone.push_token] = [Said(403, "BadCertificate")]
    stamp_at(0, card)
    work_at(2)
    work_at(4)

    assert only().last_answer == "403 BadCertificate"
    assert only().due == after(4) + timedelta(minutes=10)
    assert "BadCertificate" in caplog.text
    assert held.phone.push_token not in caplog.text


def test_when_apple_calls_every_phone_wrong_it_is_our_mistake_and_nobody_is_forgotten(
    offer: Offer, double: PushDouble, caplog: pytest.LogCaptureFixture
) -> None:
    cards = [offer.card() for _one in range(4)]
    wrong = Said(400, "DeviceTokenNotForTopic")
    with clock.stopped_at(after(-3600)):
        phones = [Phone(f"phone{number}", f"{number:02x}" * 32) for number in range(4)]
        for phone, card in zip(phones, cards, strict=True):
            assert phone.add(f"{path_of(card)}/apple").register().status_code == 201
        catch_up()
    for phone in phones:
        double.script[phone.push_token] = [wrong]
    for card in cards:
        stamp_at(0, card)
    work_at(2)
    work_at(4)

    assert set(Registration.objects.values_list("last_answer", "due")) == {
        ("400 DeviceTokenNotForTopic", after(4) + timedelta(minutes=10))
    }
    assert "DeviceTokenNotForTopic" in caplog.text
    double.script[phones[0].push_token] = [wrong]
    work_at(700)
    assert Registration.objects.count() == 3  # Apple takes the others now, so its word about this one counts


def test_when_the_service_is_gone_nothing_is_lost(
    held: HeldByPhone, card: HeldCard, double: PushDouble, settings: Settings
) -> None:
    settings.WALLET_APPLE_PUSH_HOST = "127.0.0.1:9"
    stamp_at(0, card)
    work_at(2)
    work_at(4)
    assert only().last_answer.startswith("none")

    settings.WALLET_APPLE_PUSH_HOST = double.host
    work_at(60)

    assert len(double.seen) == 1


def test_a_push_whose_worker_died_is_sent_when_its_claim_ends(
    held: HeldByPhone, card: HeldCard, double: PushDouble
) -> None:
    stamp_at(0, card)
    with clock.stopped_at(after(2)):
        catch_up()
    with clock.stopped_at(after(4)):
        assert len(claim_due(card.shop.merchant.id, [held.pass_type], most=5)) == 1
    work_at(30)
    assert double.seen == []
    work_at(65)

    assert len(double.seen) == 1


def test_a_pass_sent_again_is_pushed_though_nothing_changed(
    held: HeldByPhone, card: HeldCard, double: PushDouble
) -> None:
    send_again(card.shop.merchant.id, card.id)
    work_at(0)
    work_at(2)

    assert len(double.seen) == 1
    assert held.update() is True


def test_with_the_development_chain_apple_is_not_asked(held: HeldByPhone, card: HeldCard, settings: Settings) -> None:
    settings.WALLET_APPLE_PUSH_HOST = ""
    stamp_at(0, card)
    work_at(2)
    work_at(4)

    assert only().due is not None
    assert only().tries == 0


def test_a_new_certificate_of_the_same_type_touches_no_pass(
    held: HeldByPhone, card: HeldCard, double: PushDouble, chain: Chain, tmp_path: Path, settings: Settings
) -> None:
    before = Pass.objects.get().tag
    renewed = make_development_chain(tmp_path / "renewed")
    settings.WALLET_APPLE_CERTIFICATE, settings.WALLET_APPLE_KEY = str(renewed.certificate), str(renewed.key)
    settings.WALLET_APPLE_INTERMEDIATE = str(renewed.intermediate)

    fetched = held.fetch()

    assert fetched.status_code == 200
    assert fetched.content != held.content
    assert HeldByPhone(held.phone, fetched.content).opened.files["pass.json"] == held.opened.files["pass.json"]
    assert Pass.objects.get().tag == before
    work_at(2)
    assert double.seen == []


def test_a_push_that_was_put_off_while_the_clock_was_ahead_is_sent_now(
    held: HeldByPhone, card: HeldCard, double: PushDouble
) -> None:
    stamp_at(0, card)
    with clock.stopped_at(after(2)):
        catch_up()
    Registration.objects.update(due=after(3 * 3600), pushed=after(3 * 3600))

    work_at(4)

    assert len(double.seen) == 1
    assert only().due is None
