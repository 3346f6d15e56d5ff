"""A change of the whole shop reaches every phone that holds one of its passes, and no other."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings as our_settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from stampwell import clock
from stampwell.events.models import EventCursor
from stampwell.events.reader import Follower, follow, rewind
from stampwell.events.rows import EventRow
from stampwell.merchants.changing import add_location, change_location
from stampwell.merchants.describing import Position
from stampwell.merchants.imprint import ImprintText, change_imprint
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.models import Pass, WalletFeed
from stampwell.programs.currency import change_merchant
from stampwell.reactions import find_follower
from stampwell.schedule import look_at_passes, push_to_phones, remake_outdated_passes, spread_shop_changes
from stampwell.transactions import Statements
from stampwell.wallet.apple.changes import EVERY_PASS, look_again
from stampwell.wallet.apple.development_chain import Chain
from stampwell.wallet.apple.push_services import close_push_services
from stampwell.wallet.whole_shop import BEGINNING, EDITION, current_edition, spread_further
from tests.doubles.apns import PushDouble
from tests.following import follow_everything
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
def double(chain: Chain, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushDouble]:
    settings.WALLET_APPLE_CERTIFICATE, settings.WALLET_APPLE_KEY = str(chain.certificate), str(chain.key)
    settings.WALLET_APPLE_INTERMEDIATE = str(chain.intermediate)
    with PushDouble(tmp_path_factory.mktemp("push"), [chain.root, chain.intermediate]) as running:
        settings.WALLET_APPLE_PUSH_HOST, settings.WALLET_APPLE_PUSH_CA = running.host, str(running.ca)
        yield running
        close_push_services()


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


@pytest.fixture
def held(double: PushDouble, offer: Offer) -> HeldByPhone:
    """Registered, and up to date since an hour before."""
    return hold(offer.card(), Phone())


def hold(card: HeldCard, phone: Phone) -> HeldByPhone:
    with clock.stopped_at(after(-3600)):
        held = phone.add(f"{path_of(card)}/apple")
        assert held.register().status_code == 201
        catch_up()
        push_to_phones()
    return held


def rename(shop: Shop, name: str) -> None:
    change_merchant(shop.merchant, name=name, locale="en", currency="EUR", actor=shop.actor)


def move(shop: Shop, position: Position | None, **different: object) -> None:
    parts: dict[str, object] = {"name": "Café Lume", "time_zone": "Europe/Riga", "position": position}
    change_location(shop.merchant, shop.location.id, LocationDraft(**(parts | different)), actor=shop.actor)  # type: ignore[arg-type]


def work_at(seconds: float) -> None:
    """The worker's steps, at that moment."""
    with clock.stopped_at(after(seconds)):
        catch_up()
        push_to_phones()


def progress_of(shop: Shop) -> UUID | None:
    return WalletFeed.objects.values_list("apple_after", flat=True).get(merchant=shop.merchant)


def test_a_new_name_reaches_the_phone(held: HeldByPhone, lume: Shop, double: PushDouble) -> None:
    before = Pass.objects.get().tag
    rename(lume, "Lume & Daughters")
    work_at(0)
    work_at(2)

    assert Pass.objects.get().tag > before
    assert [seen.token for seen in double.seen] == [held.phone.push_token]
    assert held.update() is True
    assert held.opened.content["organizationName"] == "Lume & Daughters"
    assert progress_of(lume) is None


def test_ten_new_names_in_a_minute_are_one_push(held: HeldByPhone, lume: Shop, double: PushDouble) -> None:
    for number in range(10):
        with clock.stopped_at(after(number * 0.09)):
            rename(lume, f"Lume {number}")
        work_at(number * 0.09)
    for second in range(1, 60):
        work_at(second)

    assert len(double.seen) == 1
    assert held.update() is True
    assert held.opened.content["organizationName"] == "Lume 9"


def test_a_name_that_came_back_before_anybody_looked_is_no_push(
    held: HeldByPhone, lume: Shop, double: PushDouble
) -> None:
    before = Pass.objects.get().tag
    rename(lume, "Lume & Daughters")
    rename(lume, "Café Lume")
    work_at(0)
    work_at(100)

    assert Pass.objects.get().touched == Pass.objects.get().looked > 0
    assert Pass.objects.get().tag == before
    assert double.seen == []


def test_a_place_reaches_the_phone_and_leaves_it_again(held: HeldByPhone, lume: Shop, double: PushDouble) -> None:
    move(lume, Position(56.9496, 24.1052))
    work_at(0)
    work_at(2)
    assert held.update() is True
    (place,) = held.opened.content["locations"]
    assert (place["latitude"], place["longitude"]) == (56.9496, 24.1052)

    move(lume, None)
    work_at(100)
    work_at(102)

    assert len(double.seen) == 2
    assert held.update() is True
    assert "locations" not in held.opened.content


def test_a_new_branch_on_the_map_reaches_the_phone(held: HeldByPhone, lume: Shop, double: PushDouble) -> None:
    add_location(
        lume.merchant,
        LocationDraft(name="Old Town", time_zone="Europe/Riga", position=Position(56.9, 24.1)),
        actor=lume.actor,
    )
    work_at(0)
    work_at(2)

    assert len(double.seen) == 1
    assert held.update() is True


def test_a_new_address_reaches_the_phone(held: HeldByPhone, lume: Shop, double: PushDouble) -> None:
    move(lume, None, address="Kaļķu iela 1")
    work_at(0)
    work_at(2)

    assert len(double.seen) == 1
    assert held.update() is True
    assert held.opened.field("contact")["value"] == "Kaļķu iela 1"


def test_the_card_leads_to_the_shops_page_about_privacy_whatever_that_says(
    held: HeldByPhone, lume: Shop, double: PushDouble
) -> None:
    leads_to = held.opened.field("privacy")["value"]
    change_imprint(lume.merchant, ImprintText(legal_name="Lume SIA"), actor=lume.actor)
    work_at(0)
    work_at(100)

    assert leads_to == f"{our_settings.BASE_URL}/p/cafe-lume"
    assert Client().get(leads_to.removeprefix(our_settings.BASE_URL)).status_code == 200
    assert double.seen == []


def test_what_no_pass_shows_is_not_even_looked_at(held: HeldByPhone, lume: Shop, double: PushDouble) -> None:
    before = Pass.objects.get().touched
    change_merchant(lume.merchant, name="Café Lume", locale="lv", currency="GBP", actor=lume.actor)
    move(lume, None, opening_hours={"1": [["08:00", "18:00"]]})
    add_location(lume.merchant, LocationDraft(name="Stock room", time_zone="Europe/Riga"), actor=lume.actor)
    work_at(0)
    work_at(100)

    assert Pass.objects.get().touched == before
    assert double.seen == []


def test_a_rivals_passes_are_left_alone(held: HeldByPhone, lume: Shop, rossi: Shop, double: PushDouble) -> None:
    theirs = hold(rossi.publish(earning=AT_ONCE).card(), Phone("their-phone", "cd" * 32))
    before = Pass.objects.values_list("tag", "touched", "shown").get(merchant=rossi.merchant)
    rename(lume, "Rossi")
    work_at(0)
    work_at(2)

    assert Pass.objects.values_list("tag", "touched", "shown").get(merchant=rossi.merchant) == before
    assert [seen.token for seen in double.seen] == [held.phone.push_token]
    assert theirs.update() is True  # the pass that it added; nothing newer comes after it
    assert theirs.update() is False


def test_a_pass_that_nobody_registered_is_not_looked_at(double: PushDouble, offer: Offer, lume: Shop) -> None:
    Phone().add(f"{path_of(offer.card())}/apple")
    rename(lume, "Lume & Daughters")
    work_at(0)

    assert Pass.objects.get().touched == 0
    assert progress_of(lume) is None


def test_passes_are_looked_at_some_at_a_time_and_a_stamp_comes_first(
    double: PushDouble, offer: Offer, lume: Shop
) -> None:
    cards = [offer.card() for _number in range(5)]
    for number, card in enumerate(cards):
        hold(card, Phone(f"phone-{number}", f"{number:064x}"))
    tags = tags_of(cards)
    rename(lume, "Lume & Daughters")
    follow_everything()

    assert spread_further(lume.merchant.id, EVERY_PASS, most=2) == 2
    assert spread_further(lume.merchant.id, EVERY_PASS, most=2) == 0  # until those two were looked at
    look_again(lume.merchant.id)
    assert changed_since(tags, cards) == [True, True, False, False, False]

    give_stamps(cards[4], 1)
    follow_everything()
    assert spread_further(lume.merchant.id, EVERY_PASS, most=2) == 0  # a card's own change waits
    look_again(lume.merchant.id)
    assert changed_since(tags, cards) == [True, True, False, False, True]

    assert spread_further(lume.merchant.id, EVERY_PASS, most=2) == 2
    look_again(lume.merchant.id)
    assert changed_since(tags, cards) == [True, True, True, True, True]
    assert spread_further(lume.merchant.id, EVERY_PASS, most=2) == 1  # the last one, which shows it by now
    assert progress_of(lume) is None


def tags_of(cards: list[HeldCard]) -> list[int]:
    return [Pass.objects.get(card_id=card.id).tag for card in cards]


def changed_since(tags: list[int], cards: list[HeldCard]) -> list[bool]:
    return [tag > before for tag, before in zip(tags_of(cards), tags, strict=True)]


def test_a_worker_that_dies_between_two_steps_loses_nothing(held: HeldByPhone, lume: Shop, double: PushDouble) -> None:
    rename(lume, "Lume & Daughters")
    follow_everything()
    WalletFeed.objects.update(apple_after=None)  # as before the step
    apple = find_follower("apple")
    assert apple is not None
    rewind(lume.merchant.id, apple)

    def die(tx: Statements, events: list[EventRow]) -> None:
        apple.follow(tx, events)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow(lume.merchant.id, Follower(name="apple", follow=die))
    assert (progress_of(lume), EventCursor.objects.get(name="apple").last_sequence) == (None, 0)

    follow_everything()
    assert progress_of(lume) is not None
    look_at_passes()
    assert double.seen == []
    spread_shop_changes()
    assert progress_of(lume) is None
    assert Pass.objects.get().touched > Pass.objects.get().looked  # what was spread is in the rows
    work_at(0)
    work_at(2)
    assert len(double.seen) == 1


def test_a_rename_begun_anew_goes_over_all_again(double: PushDouble, offer: Offer, lume: Shop) -> None:
    held = [hold(offer.card(), Phone(f"phone-{number}", f"{number:064x}")) for number in range(3)]
    rename(lume, "Lume & Daughters")
    follow_everything()
    spread_further(lume.merchant.id, EVERY_PASS, most=2)
    rename(lume, "Lume & Granddaughters")
    work_at(0)

    assert [each.update() for each in held] == [True, True, True]
    assert {each.opened.content["organizationName"] for each in held} == {"Lume & Granddaughters"}


def test_a_new_base_address_reaches_the_phone(
    held: HeldByPhone, lume: Shop, double: PushDouble, settings: Settings
) -> None:
    remake_outdated_passes()
    assert progress_of(lume) is None  # the address is as it was

    settings.BASE_URL = "http://cards.lume.example"
    remake_outdated_passes()
    work_at(0)
    work_at(2)

    assert len(double.seen) == 1
    assert held.update() is True
    assert held.opened.content["webServiceURL"].startswith("http://cards.lume.example/")
    remake_outdated_passes()
    assert progress_of(lume) is None


def test_a_new_edition_that_shows_nothing_else_is_no_push(held: HeldByPhone, lume: Shop, double: PushDouble) -> None:
    before = Pass.objects.get()
    WalletFeed.objects.update(made_as=current_edition().replace(f"{EDITION} ", "0 "))

    remake_outdated_passes()
    work_at(0)
    work_at(100)

    assert Pass.objects.get().looked > before.looked
    assert Pass.objects.get().tag == before.tag
    assert double.seen == []
    assert WalletFeed.objects.get().made_as == current_edition()


def test_without_a_certificate_the_change_waits_for_it(
    held: HeldByPhone, lume: Shop, double: PushDouble, settings: Settings, tmp_path: Path
) -> None:
    with_certificate = settings.WALLET_APPLE_CERTIFICATE
    settings.WALLET_APPLE_CERTIFICATE = str(tmp_path / "gone.cer")
    rename(lume, "Lume & Daughters")
    work_at(0)
    assert progress_of(lume) is None
    assert Pass.objects.get().touched > Pass.objects.get().looked

    settings.WALLET_APPLE_CERTIFICATE = with_certificate
    work_at(10)
    work_at(12)

    assert held.update() is True
    assert held.opened.content["organizationName"] == "Lume & Daughters"


def test_following_a_new_name_writes_no_pass(held: HeldByPhone, lume: Shop) -> None:
    """However many passes there are: they are written later, some at a time."""
    where = where_pass_lies()
    rename(lume, "Lume & Daughters")
    follow_everything()
    assert (where_pass_lies(), progress_of(lume)) == (where, BEGINNING)

    spread_shop_changes()
    assert where_pass_lies() != where


def where_pass_lies() -> tuple[str, ...]:
    """A row that is written lies elsewhere afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM pass")
        row: tuple[str, ...] = cursor.fetchone()
        return row
