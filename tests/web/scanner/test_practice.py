"""Practising at the scanner counts nothing, shows what real scans show, and is kept once it was done."""

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.merchants.models import StaffMember
from stampwell.removal.tables import TABLES
from stampwell.web.scanner.made_up import STAMPED_BEFORE
from stampwell.web.seen import count_with
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Offer, Shop

PRACTICE = "/scanner/practice"
OFFERED = "New here?"


def scenes(phone: Phone) -> list[dict[str, Any]]:
    """As the page gives them to its script."""
    block = re.search(r'id="practice"[^>]*>([^<]*)<', phone.get(PRACTICE).content.decode())
    assert block
    found: list[dict[str, Any]] = msgspec.json.decode(block[1])["scenes"]
    return found


def words_of(panel: dict[str, str]) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", panel["html"]).split())


def panels_of(phone: Phone, title: str) -> list[str]:
    (scene,) = [scene for scene in scenes(phone) if scene["title"] == title]
    return [words_of(step["panel"]) for step in scene["steps"] if step["panel"]]


def rows() -> dict[str, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")
            found[table] = cursor.fetchone()
        return found


class Counted:
    def __init__(self) -> None:
        self.refusals: list[str] = []

    def note_answer(self, surface: str, status: int, seconds: float | None) -> None: ...

    def note_refusal(self, code: str) -> None:
        self.refusals.append(code)


def test_practising_writes_nothing_and_counts_nothing(phone: Phone, offer: Offer) -> None:
    phone.get()
    before, counted = rows(), Counted()
    count_with(counted)
    try:
        assert len(scenes(phone)) == 6
    finally:
        count_with(None)

    assert rows() == before
    assert counted.refusals == []


def test_the_panels_say_what_those_of_real_scans_say(phone: Phone, card: HeldCard) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(count=2), actor=card.shop.actor)
    with stopped_at(now() + timedelta(hours=1)):
        stamped = phone.scan(card.row.short_number)
        undone = phone.tap(stamped.url("undo"))

    assert panels_of(phone, "A number to type") == [stamped.words]
    assert panels_of(phone, "A stamp to undo")[1] == undone.words


def test_a_second_scan_is_refused_as_a_real_one(phone: Phone, card: HeldCard) -> None:
    began = now()
    with stopped_at(began):
        phone.scan(card.code)
    with stopped_at(began + STAMPED_BEFORE):
        refused = phone.scan(card.code)

    assert panels_of(phone, "Scanned again too soon") == [refused.words]


def test_a_reward_of_the_shop_itself_is_handed_out(phone: Phone, offer: Offer) -> None:
    offered, handed = panels_of(phone, "A reward to hand out")

    assert "A free coffee" in offered
    assert "Hand out now A free coffee" in handed


def test_where_cards_collect_by_amount_it_is_asked_for(phone: Phone, lume: Shop) -> None:
    lume.publish(earning={"by": "amount", "amount_per_stamp": 500})

    asked, stamped = panels_of(phone, "A stamp")
    tasks = [step["task"] for step in scenes(phone)[0]["steps"]]

    assert "Amount of the purchase in EUR" in asked
    assert "Enter €5" in tasks[1]
    assert "3 of 10 stamps" in stamped


def test_a_program_without_a_pause_has_no_scene_of_it(phone: Phone, lume: Shop) -> None:
    lume.publish(earning={"cooldown_seconds": 0})

    told = [(scene["title"], scene["progress"]) for scene in scenes(phone)]

    assert len(told) == 5
    assert told[-1] == ("No connection", "5 of 5")
    assert "Scanned again too soon" not in dict(told)


def test_a_card_of_one_stamp_can_be_practised_with_too(phone: Phone, lume: Shop) -> None:
    lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "A cake", "path": "staff_scan"}}])

    assert "1 of 1 stamp" in panels_of(phone, "A stamp")[0]


def test_without_a_program_the_page_says_when_it_is_possible(phone: Phone) -> None:
    page = phone.get(PRACTICE)

    assert page.status_code == 200
    assert "as soon as the owner has published a card" in page.content.decode()


def test_what_was_finished_is_kept_once_and_seen_by_the_owner(phone: Phone, bo: StaffMember, offer: Offer) -> None:
    began = now()
    with stopped_at(began):
        assert phone.post(f"{PRACTICE}/finished").headers["Location"] == "/scanner/", "the next customer waits"
    with stopped_at(began + timedelta(days=3)):
        phone.post(f"{PRACTICE}/finished")

    bo.refresh_from_db()
    assert bo.practised == began
    assert "Bo has practised" in phone.get(PRACTICE).content.decode()


@pytest.mark.parametrize("answer", ["finished", "declined"])
def test_it_is_offered_beside_the_work_until_it_is_done_or_declined(phone: Phone, offer: Offer, answer: str) -> None:
    assert OFFERED in phone.get().content.decode()
    assert "Start scanning" in phone.get().content.decode()

    phone.post(f"{PRACTICE}/{answer}")

    assert OFFERED not in phone.get().content.decode()
    assert phone.get(PRACTICE).status_code == 200  # whoever wants to can do it all the same


def test_nobody_practises_who_is_not_signed_in(lume: Shop, bo: StaffMember) -> None:
    phone = Phone(lume).enrol()

    for path in (PRACTICE, f"{PRACTICE}/finished", f"{PRACTICE}/declined"):
        answer = phone.get(path) if path == PRACTICE else phone.post(path)
        assert answer.headers["Location"] == "/scanner/people"
    bo.refresh_from_db()
    assert (bo.practised, bo.practice_declined) == (None, None)
