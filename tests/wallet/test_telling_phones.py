"""What a phone hears of by itself: rewards, their end, what was taken back, and all of it after a new certificate."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell import clock
from stampwell.cards.extending import extend_voucher
from stampwell.cards.undoing import undo_stamp
from stampwell.ids import public_id
from stampwell.languages.formatting import format_short_date
from stampwell.merchants.local_time import local_day
from stampwell.models import Pass, Stamp
from stampwell.schedule import age_vouchers, push_to_phones, remind_customers
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import NoCodeLeft
from stampwell.vouchers.revealing import reveal_code
from stampwell.wallet.apple.development_chain import CARD_TYPE, VOUCHER_TYPE, Chain, make_development_chain
from stampwell.wallet.apple.push_services import close_push_services
from tests.doubles.apns import PushDouble
from tests.moments import START, end_of_day, morning
from tests.redeem_codes.working import pool_of
from tests.wallet.following import catch_up
from tests.wallet.openssl import verify_signature
from tests.wallet.packages import open_pass
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of, voucher_path
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db

SETTLED = START + timedelta(hours=1)  # until then every phone was brought up to date
HOUR = 3600.0

type Hold = Callable[..., tuple[HeldCard, HeldByPhone]]


def after(seconds: float) -> datetime:
    return SETTLED + timedelta(seconds=seconds)


def work_at(seconds: float) -> None:
    """What the worker does from that moment on, until everything due is pushed."""
    for later in (0, 2):
        with clock.stopped_at(after(seconds + later)):
            age_vouchers()
            catch_up()
            push_to_phones()


@pytest.fixture
def renewed(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return make_development_chain(tmp_path_factory.mktemp("renewed"))


@pytest.fixture
def used(chain: Chain, tmp_path: Path, settings: Settings) -> Chain:
    """A copy of the chain under the names that are configured."""
    folder = tmp_path / "certificates"
    shutil.copytree(chain.certificate.parent, folder)
    copied = make_development_chain(folder)
    settings.WALLET_APPLE_CERTIFICATE, settings.WALLET_APPLE_KEY = str(copied.certificate), str(copied.key)
    settings.WALLET_APPLE_INTERMEDIATE = str(copied.intermediate)
    settings.WALLET_APPLE_VOUCHER_CERTIFICATE = str(copied.voucher_certificate)
    settings.WALLET_APPLE_VOUCHER_KEY = str(copied.voucher_key)
    return copied


@pytest.fixture
def double(
    used: Chain, renewed: Chain, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PushDouble]:
    trusted = [used.root, used.intermediate, renewed.root, renewed.intermediate]
    with PushDouble(tmp_path_factory.mktemp("push"), trusted) as running:
        settings.WALLET_APPLE_PUSH_HOST, settings.WALLET_APPLE_PUSH_CA = running.host, str(running.ca)
        yield running
        close_push_services()


@pytest.fixture
def hold(double: PushDouble, lume: Shop) -> Hold:
    """A card of two stamps in a phone, up to date an hour before; how its reward is given may be said."""

    def add(**reward: object) -> tuple[HeldCard, HeldByPhone]:
        milestone = {"stamps": 2, "reward": {"name": "A free coffee", "path": "staff_scan", **reward}}
        card = lume.publish(earning=AT_ONCE, goal=2, milestones=[milestone]).card()
        with clock.stopped_at(after(-HOUR)):
            held = Phone().add(f"{path_of(card)}/apple")
            held.register()
        work_at(-HOUR)
        update_at(-HOUR + 3, held)
        return card, held

    return add


def update_at(seconds: float, held: HeldByPhone) -> bool:
    with clock.stopped_at(after(seconds)):
        return held.update()


def topics(double: PushDouble) -> list[str]:
    return [seen.headers["apns-topic"] for seen in double.seen]


def news(held: HeldByPhone) -> list[str]:
    """What the phone shows on its lock screen."""
    return [field["value"] for field in held.opened.fields() if "changeMessage" in field]


def test_a_reward_is_announced(hold: Hold, double: PushDouble) -> None:
    card, held = hold()

    with clock.stopped_at(SETTLED):
        give_stamps(card, 2)
    work_at(0)

    assert (topics(double), update_at(3, held), news(held)) == ([CARD_TYPE], True, ["A free coffee"])


def test_a_reward_that_becomes_ready_by_the_clock_is_announced(hold: Hold, double: PushDouble) -> None:
    card, held = hold(active_after_seconds=3600)
    with clock.stopped_at(SETTLED):
        give_stamps(card, 2)
    work_at(0)
    assert (update_at(3, held), news(held)) == (True, [])

    work_at(HOUR + 1)

    assert len(double.seen) == 2
    assert (update_at(HOUR + 1 + 3, held), news(held)) == (True, ["A free coffee"])


def test_a_reward_that_expires_leaves_the_card_without_a_word(hold: Hold, double: PushDouble) -> None:
    card, held = hold(valid_days=1)
    with clock.stopped_at(SETTLED):
        give_stamps(card, 2)
    work_at(0)
    update_at(3, held)

    work_at(3 * 24 * HOUR)

    assert len(double.seen) == 2
    assert (update_at(3 * 24 * HOUR + 3, held), held.opened.where("ready"), news(held)) == (True, "backFields", [])


def test_that_a_reward_ends_soon_is_told_once_and_its_extension_is_not(
    hold: Hold, double: PushDouble, lume: Shop
) -> None:
    card, held = hold(valid_days=7, remind_days_before=3)
    with clock.stopped_at(SETTLED):
        give_stamps(card, 2)
    work_at(0)
    update_at(3, held)
    (voucher,) = card.open_vouchers
    soon = morning(local_day(lume.merchant, SETTLED) + timedelta(days=4))
    seconds = (soon - SETTLED).total_seconds()

    with clock.stopped_at(soon):
        remind_customers()
    work_at(seconds)
    assert (len(double.seen), update_at(seconds + 3, held)) == (2, True)
    end = format_short_date(local_day(lume.merchant, SETTLED) + timedelta(days=7))
    assert held.opened.field("ready")["value"] == f"A free coffee (use it by {end})"
    assert held.opened.field("ready")["changeMessage"] == "Reward ends soon: %@"
    work_at(seconds + HOUR)
    assert len(double.seen) == 2

    with clock.stopped_at(after(seconds + HOUR)):
        later = end_of_day(SETTLED, 20)
        extend_voucher(lume.merchant, voucher.id, until=later, reason="Was ill", actor=lume.actor)
    work_at(seconds + HOUR)
    assert (update_at(seconds + HOUR + 3, held), held.opened.field("ready")["value"]) == (True, "A free coffee")
    assert held.opened.field("ready").get("changeMessage") != "Reward ends soon: %@"


def test_a_voucher_that_begins_to_wait_for_its_code_says_so_without_a_word(
    hold: Hold, double: PushDouble, lume: Shop
) -> None:
    code = {"kind": "pool", "pool_id": public_id("cdp", pool_of(lume).id)}
    card, held = hold(path="redeem_code", redeem_code=code)
    with clock.stopped_at(SETTLED):
        give_stamps(card, 2)
    work_at(0)
    update_at(3, held)

    with clock.stopped_at(after(HOUR)), pytest.raises(NoCodeLeft):
        reveal_code(lume.merchant, card.open_vouchers[0].id)
    work_at(HOUR)

    assert (len(double.seen), update_at(HOUR + 3, held)) == (2, True)
    (how,) = [field["value"] for field in held.opened.fields() if field["key"] == "what_0"]
    assert how.startswith("Your code comes as soon as there is a new one.")


def test_who_asks_before_the_worker_has_noticed_is_told_the_truth_of_the_clock(hold: Hold) -> None:
    card, held = hold(active_after_seconds=3600, valid_days=1)
    with clock.stopped_at(SETTLED):
        give_stamps(card, 2)

    shown = []
    for moment in (0.0, HOUR + 1, 3 * 24 * HOUR):
        with clock.stopped_at(after(moment)):
            shown.append(open_pass(held.fetch().content).where("ready"))

    assert shown == ["backFields", "secondaryFields", "backFields"]


def test_a_stamp_taken_back_takes_its_reward_off_the_card(hold: Hold, double: PushDouble) -> None:
    card, held = hold()
    with clock.stopped_at(SETTLED):
        give_stamps(card, 2)
    work_at(0)
    update_at(3, held)

    with clock.stopped_at(after(HOUR)):
        stamp_id = Stamp.objects.latest("at").id
        undo_stamp(card.shop.merchant, stamp_id, reason="wrong card", actor=card.shop.actor)
    work_at(HOUR)

    assert len(double.seen) == 2
    assert (update_at(HOUR + 3, held), held.opened.where("ready"), news(held)) == (True, "backFields", [])
    assert held.count == f"{card.row.stamps}/2"


def test_card_and_voucher_are_told_each_under_its_own_pass_type(hold: Hold, double: PushDouble) -> None:
    card, held = hold()
    with clock.stopped_at(SETTLED):
        give_stamps(card, 2)
        of_voucher = held.phone.add(f"{voucher_path(card)}/apple")
        of_voucher.register()
    work_at(0)
    double.seen.clear()

    with clock.stopped_at(after(HOUR)):
        redeem_voucher(card.shop.merchant, card.open_vouchers[0].id, actor=card.shop.actor)
    work_at(HOUR)

    assert sorted(topics(double)) == sorted([CARD_TYPE, VOUCHER_TYPE])
    assert {seen.token for seen in double.seen} == {held.phone.push_token}
    with clock.stopped_at(after(HOUR + 3)):
        assert open_pass(of_voucher.fetch().content).content["voided"] is True


def test_after_a_new_certificate_installed_passes_go_on(
    hold: Hold, double: PushDouble, used: Chain, renewed: Chain, tmp_path: Path
) -> None:
    card, held = hold()
    with clock.stopped_at(SETTLED):
        give_stamps(card, 1)
    work_at(0)
    update_at(3, held)
    before, connections, row = held.opened.content, double.connections, Pass.objects.values().get()

    # Replaced where they lie, while we run.
    for new, old in ((renewed.certificate, used.certificate), (renewed.key, used.key)):
        shutil.copy(new, old)
    shutil.copy(renewed.intermediate, used.intermediate)
    work_at(HOUR)
    assert (len(double.seen), Pass.objects.values().get()) == (1, row)
    with clock.stopped_at(after(2 * HOUR)):
        give_stamps(card, 1)
    work_at(2 * HOUR)

    assert (len(double.seen), double.connections) == (2, connections + 1)
    assert update_at(2 * HOUR + 3, held) is True
    for name in ("serialNumber", "authenticationToken", "passTypeIdentifier", "webServiceURL"):
        assert held.opened.content[name] == before[name]
    files = held.opened.files
    assert verify_signature(files["signature"], files["manifest.json"], root=renewed.root, folder=tmp_path)
