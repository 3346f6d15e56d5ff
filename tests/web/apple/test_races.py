"""Phones, the counter and the worker at the same moment."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from stampwell.models import Device, Pass, Registration
from stampwell.transactions import ask_row, merchant_transaction
from stampwell.wallet.apple.changes import Look, give_tags
from stampwell.wallet.apple.development_chain import Chain, make_development_chain
from stampwell.wallet.apple.handed_out import FIND, HeldPass
from stampwell.wallet.configuration import development_folder
from tests.races.callers import run_together
from tests.wallet.following import catch_up
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.world import HeldCard, Offer, open_lume

ROUNDS = 12


@pytest.fixture
def offer(transactional_db: None, settings: Settings, certificates: Path) -> Offer:
    settings.DATA_DIR = certificates
    chain: Chain = make_development_chain(development_folder())
    assert chain.root.exists()
    return open_lume().publish(
        earning=AT_ONCE, goal=100, milestones=[{"stamps": 100, "reward": {"name": "A coffee", "path": "staff_scan"}}]
    )


def registered(phone: Phone, card: HeldCard) -> HeldByPhone:
    held = phone.add(f"{path_of(card)}/apple")
    assert held.register().status_code == 201
    return held


def row_of(card: HeldCard, held: HeldByPhone) -> HeldPass:
    row = ask_row(HeldPass, FIND, (card.shop.merchant.id, held.pass_type, held.serial))
    assert row is not None
    return row


def test_a_list_never_skips_a_slower_change(offer: Offer) -> None:
    cards, phone = [offer.card(), offer.card()], Phone()
    slow, fast = (registered(phone, card) for card in cards)
    since = slow.list_changed().json()["lastUpdated"]
    merchant_id = offer.shop.merchant.id
    rows = row_of(cards[0], slow), row_of(cards[1], fast)
    done = threading.Event()

    def change_fast() -> None:
        with merchant_transaction(merchant_id) as tx:
            give_tags(tx, [Look(rows[1], b"fast")])
        done.set()
        connection.close()

    with merchant_transaction(merchant_id) as tx:
        give_tags(tx, [Look(rows[0], b"slow")])
        tx.send()
        other = threading.Thread(target=change_fast)
        other.start()
        overtaken = done.wait(0.5)
    other.join()

    assert not overtaken, "a later tag became visible before an earlier one"
    assert slow.list_changed(since).json()["serialNumbers"] == [slow.serial, fast.serial]


def test_without_the_lock_a_list_would_skip(offer: Offer) -> None:
    """The race is real: tags given outside of the feed's lock overtake each other."""
    cards, phone = [offer.card(), offer.card()], Phone()
    slow, fast = (registered(phone, card) for card in cards)
    last = int(slow.list_changed().json()["lastUpdated"])
    merchant_id, tag = offer.shop.merchant.id, "UPDATE pass SET tag = %s WHERE merchant_id = %s AND serial = %s"

    def change_fast() -> None:
        with merchant_transaction(merchant_id) as tx:
            tx.write(tag, (last + 2, merchant_id, fast.serial))
            tx.write("UPDATE wallet_feed SET last_tag = %s WHERE merchant_id = %s", (last + 2, merchant_id))
        connection.close()

    with merchant_transaction(merchant_id) as tx:
        tx.write(tag, (last + 1, merchant_id, slow.serial))
        tx.send()
        other = threading.Thread(target=change_fast)
        other.start()
        other.join()
        seen_between: list[str] = []

        def ask() -> None:
            seen_between.append(fast.list_changed(str(last)).json()["lastUpdated"])
            connection.close()

        asking = threading.Thread(target=ask)
        asking.start()
        asking.join()

    assert slow.list_changed(seen_between[0]).status_code == 204, "the slower change is never heard of"


def test_a_phone_that_follows_a_busy_counter_ends_up_to_date(offer: Offer) -> None:
    cards, phone = [offer.card() for _number in range(4)], Phone()
    held = [registered(phone, card) for card in cards]
    busy = threading.Event()

    def stamp(card: HeldCard) -> None:
        for _round in range(ROUNDS):
            give_stamps(card, 1)

    def work() -> None:
        while not busy.is_set():
            catch_up()

    def ask() -> None:
        """As Wallet does: one list for all passes, then each that it names."""
        while not busy.is_set():
            refresh(phone, held)

    def stop_when_stamped() -> None:
        run_all([threading.Thread(target=run_and_close, args=(stamp, card)) for card in cards])
        busy.set()

    ends = run_together(work, work, ask, stop_when_stamped)
    catch_up()
    refresh(phone, held)

    assert ends == [None] * 4
    assert [each.count for each in held] == [f"{ROUNDS}/100"] * 4
    tags = list(Pass.objects.values_list("tag", flat=True))
    assert len(set(tags)) == len(tags)


def test_registering_and_unregistering_at_once_leaves_no_device_without_a_pass(offer: Offer) -> None:
    card = offer.card()
    held = registered(Phone(), card)
    answers: list[int] = []

    def register() -> None:
        answers.extend(HeldByPhone(Phone(), held.content).register().status_code for _round in range(ROUNDS))

    def unregister() -> None:
        answers.extend(HeldByPhone(Phone(), held.content).unregister().status_code for _round in range(ROUNDS))

    ends = run_together(register, register, unregister, unregister)

    assert ends == [None] * 4
    assert set(answers) <= {200, 201}
    assert Device.objects.count() == Registration.objects.count() <= 1


def test_many_who_fetch_a_change_at_once_agree_on_it(offer: Offer) -> None:
    card = offer.card()
    held = registered(Phone(), card)
    give_stamps(card, 1)
    answers: list[tuple[int, str]] = []

    def fetch() -> None:
        answer = HeldByPhone(Phone(), held.content).fetch()
        answers.append((answer.status_code, answer.headers["Last-Modified"]))

    ends = run_together(*[fetch] * 6)

    assert ends == [None] * 6
    assert len(set(answers)) == 1
    assert answers[0][0] == 200


def refresh(phone: Phone, held: list[HeldByPhone]) -> None:
    changed = held[0].list_changed(phone.last_updated)
    if changed.status_code == 204:
        return
    said = changed.json()
    for each in held:
        if each.serial in said["serialNumbers"]:
            answer = each.fetch(phone.last_modified.get(each.serial, ""))
            assert answer.status_code in (200, 304)
            if answer.status_code == 200:
                each.content, phone.last_modified[each.serial] = answer.content, answer.headers["Last-Modified"]
    phone.last_updated = said["lastUpdated"]


def run_and_close(act: Callable[[HeldCard], None], card: HeldCard) -> None:
    act(card)
    connection.close()


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
