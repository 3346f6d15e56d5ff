"""Exports hold what the desk shows, each row once, and are there whole or not at all."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing import erase_customer
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.customers.consenting import give_consent, withdraw_consent
from stampwell.customers.joining import ConsentGiven
from stampwell.customers.models import Tag
from stampwell.customers.noting import add_note
from stampwell.customers.tagging import tag_customer
from stampwell.events.actors import CUSTOMER
from stampwell.exports import cards_sheet, journal_sheet, vouchers_sheet, writers
from stampwell.exports.asking import find_export, find_file
from stampwell.ids import public_id
from stampwell.merchants.changing import change_messages
from stampwell.refusal import NotFound
from tests.exports.working import ask, cells_of, made, rows_of, table_of, work
from tests.following import follow_everything
from tests.kept import made_once
from tests.web.customer import AT_ONCE
from tests.world import HeldCard, Offer, Shop

MORNING = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # half past midnight in Riga, on the third
pytestmark = [pytest.mark.django_db, pytest.mark.moment(MORNING)]
FORMULA = '=HYPERLINK("http://evil.example";"Prize")'


def stamp(card: HeldCard, count: int) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(count=count, override=True), actor=card.shop.actor)


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


def test_a_list_of_cards_says_what_is_known_of_each_customer(lume: Shop, offer: Offer) -> None:
    card = offer.card(name="Cy", email="cy@x.example", phone="+371 2000 1234", birthday=date(1990, 5, 1), locale="lv")
    stamp(card, 5)
    follow_everything()

    (row,) = rows_of(made(lume, "cards"))

    assert row == {
        "Customer": "Cy",
        "Email": "cy@x.example",
        "Phone": "'+371 2000 1234",
        "Birthday": "1990-05-01",
        "Language": "lv",
        "Wants messages": "",
        "Since when (messages)": "",
        "Tags": "",
        "Notes": "",
        "Card number": f"{card.row.short_number[:4]} {card.row.short_number[4:]}",
        "Program": "Coffee card",
        "State": "In use",
        "Stamps": "5",
        "Stamps on a full card": "10",
        "Round": "1",
        "Rewards ready": "1",
        "Last stamp": "2026-03-03 00:30:00",
        "Card since": "2026-03-03 00:30:00",
        "Number in other software": "",
        "ID": public_id("crd", card.id),
    }


def test_a_list_of_cards_says_who_wants_messages_and_what_the_shop_wrote(lume: Shop, offer: Offer) -> None:
    yes, no = (offer.card(name=name, email=f"{name}@x.example") for name in ("Ann", "Bea"))
    change_messages(lume.merchant, writes_to_customers=True, actor=lume.actor)
    agreed = ConsentGiven(wording="I want news", source="my data")
    for card in (yes, no):
        give_consent(lume.merchant, card.row.customer_id, agreed, locale="en", actor=CUSTOMER)
    tag_customer(lume.merchant, yes.row.customer_id, "Regular, No nuts")
    with stopped_at(MORNING + timedelta(minutes=1)):
        withdraw_consent(lume.merchant, no.row.customer_id, agreed, locale="en", actor=CUSTOMER)
        add_note(lume.merchant, yes.row.customer_id, "Likes the window", staff_member_id=lume.ada.id)
    with stopped_at(MORNING + timedelta(minutes=2)):
        add_note(lume.merchant, yes.row.customer_id, "=1+1", staff_member_id=lume.ada.id)

    rows = {row["Customer"]: row for row in rows_of(made(lume, "cards"))}

    told = ("Wants messages", "Since when (messages)", "Tags", "Notes")
    assert [rows["Ann"][name] for name in told] == [
        "Yes",
        "2026-03-03 00:30:00",
        "No nuts, Regular",
        "'=1+1\nLikes the window",
    ]
    assert [rows["Bea"][name] for name in told] == ["No", "2026-03-03 00:31:00", "", ""]


def test_of_whoever_was_deleted_no_note_tag_or_agreement_is_exported(lume: Shop, offer: Offer) -> None:
    card = offer.card(name="Ann", email="ann@x.example")
    tag_customer(lume.merchant, card.row.customer_id, "Regular")
    add_note(lume.merchant, card.row.customer_id, "Likes the window", staff_member_id=lume.ada.id)

    erase_customer(lume.merchant, card.row.customer_id, actor=lume.actor)

    assert b"Regular" not in (content := made(lume, "cards"))
    assert b"window" not in content


@pytest.mark.parametrize("name", [FORMULA, "+1+1", "-1", "@SUM(A1)", "\uff1d1+1"])
def test_no_name_becomes_a_formula(lume: Shop, offer: Offer, name: str) -> None:
    offer.card(name=name)

    assert rows_of(made(lume, "cards"))[0]["Customer"] == f"'{name}"
    book = made(lume, "cards", "xlsx")
    assert name in cells_of(book)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert not [part for part in parts.namelist() if "_rels/sheet" in part], "a link would be named there"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
@pytest.mark.parametrize("before", [";", '";', "\t", "\n", "\r"])
def test_no_part_of_a_name_becomes_a_formula_where_a_spreadsheet_parts_cells_elsewhere(before: str, sign: str) -> None:
    """Excel parts a file at semicolons in most of Europe, and then at each one, for we quote for commas."""
    assert writers.guarded(f'Zoe{before}"{sign}1') == f"""Zoe{before}'"{sign}1"""
    assert writers.guarded(f"{sign}1{before} {sign}1") == f"'{sign}1{before}' {sign}1"
    assert writers.guarded(f"Zoe{sign}1 {sign}") == f"Zoe{sign}1 {sign}"


def test_headings_are_in_the_language_of_whoever_asked(lume: Shop, offer: Offer) -> None:
    offer.card(name="Cy")

    assert table_of(made(lume, "cards", locale="lv"))[0][0] == "Klients"
    assert table_of(made(lume, "cards", locale="ja"))[0][0] == "お客様"


def test_only_those_are_in_it_that_the_list_was_narrowed_to(lume: Shop, offer: Offer) -> None:
    stamp(offer.card(name="Ready"), 5)
    offer.card(name="Empty")
    follow_everything()

    assert [row["Customer"] for row in rows_of(made(lume, "cards", wanted={"show": "ready"}))] == ["Ready"]
    assert [row["Customer"] for row in rows_of(made(lume, "cards", wanted={"q": "empt"}))] == ["Empty"]
    assert [row["Customer"] for row in rows_of(made(lume, "cards"))] == ["Empty", "Ready"]


def test_those_with_a_tag_are_exported_alone(lume: Shop, offer: Offer) -> None:
    cards = [offer.card(name=name) for name in ("Ann", "Bea", "Cy")]
    for card in cards[:2]:
        tag_customer(lume.merchant, card.row.customer_id, "Regular")
    tag = public_id("tag", Tag.objects.get().id)

    found = rows_of(made(lume, "cards", wanted={"show": "tag", "tag": tag}))

    assert [row["Customer"] for row in found] == ["Bea", "Ann"]


@pytest.mark.parametrize("wanted", [{}, {"show": "new"}, {"q": "guest"}], ids=["all", "narrowed", "by words"])
def test_in_many_pieces_each_card_is_there_once(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, str]
) -> None:
    monkeypatch.setattr(cards_sheet, "AT_ONCE", 2)
    for number in range(5):
        offer.card(name=f"Guest {number}")
    follow_everything()

    names = [row["Customer"] for row in rows_of(made(lume, "cards", wanted=wanted))]

    assert names == [f"Guest {number}" for number in reversed(range(5))]


def test_the_journal_is_there_line_by_line_newest_first(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_sheet, "AT_ONCE", 2)
    card = offer.card(name="Cy")
    with stopped_at(MORNING + timedelta(minutes=1)):
        stamp(card, 3)
    follow_everything()

    rows = rows_of(made(lume, "journal"))

    assert [row["Type of event"] for row in rows][:2] == ["stamp.added", "card.issued"]
    assert len({row["ID"] for row in rows}) == len(rows)
    assert {name: rows[0][name] for name in ("Time", "What happened", "Customer", "Person")} == {
        "Time": "2026-03-03 00:31:00",
        "What happened": "3 stamps added",
        "Customer": "Cy",
        "Person": "ada",
    }
    assert [row["Type of event"] for row in rows_of(made(lume, "journal", wanted={"kind": "stamps"}))] == [
        "stamp.added"
    ]


def test_the_journal_in_json_has_the_objects_and_no_codes(lume: Shop, offer: Offer) -> None:
    stamp(offer.card(), 3)
    follow_everything()

    content = made(lume, "journal", "json")
    lines = json.loads(content)

    assert [line["data"]["stamp"]["count"] for line in lines if line["type"] == "stamp.added"] == [3]
    assert lines[0]["happened_at"] == "2026-03-02T22:30:00Z"
    assert b"FREECOFFEE" not in content
    assert [line for line in lines if line["type"] == "program.published"]


def test_vouchers_say_how_they_were_used(lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouchers_sheet, "AT_ONCE", 1)
    card = offer.card(name="Cy")
    stamp(card, 10)
    hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)

    rows = rows_of(made(lume, "vouchers"))

    told = [(row["Reward"], row["State"], row["Used at"], row["Handed out by"]) for row in rows]
    assert sorted(told) == [
        ("A biscuit", "Used", "2026-03-03 00:30:00", "ada"),
        ("A free coffee", "Ready to use", "", ""),
    ]


def test_each_day_has_its_figures_by_the_shops_midnight(lume: Shop, offer: Offer) -> None:
    stamp(offer.card(), 5)
    with stopped_at(MORNING + timedelta(days=2)):
        stamp(offer.card(), 2)
        follow_everything()
        table = table_of(made(lume, "days"))
        of_last_day = table_of(made(lume, "days", wanted={"from": "2026-03-05"}))

    assert table == [
        ["Day", "New cards", "Stamps", "Rewards earned", "Rewards handed out"],
        ["2026-03-03", "1", "5", "1", "0"],
        ["2026-03-04", "0", "0", "0", "0"],
        ["2026-03-05", "1", "2", "0", "0"],
    ]
    assert of_last_day[1:] == table[3:]


@pytest.mark.parametrize("wanted", [{"from": "9999-12-31"}, {"from": "9998-12-31", "to": "9999-12-31"}])
def test_days_that_have_not_come_are_no_rows(lume: Shop, wanted: dict[str, str]) -> None:
    assert rows_of(made(lume, "days", wanted=wanted)) == []


@pytest.mark.parametrize("steps", range(6))
def test_stopped_at_any_step_the_file_is_not_there_and_then_whole(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch, data_folder: Path, steps: int
) -> None:
    monkeypatch.setattr(cards_sheet, "AT_ONCE", 2)
    for number in range(5):
        offer.card(name=f"Guest {number}")
    export, left = ask(lume, "cards"), iter(range(steps))

    work(export, is_stopping=lambda: next(left, None) is None)

    with pytest.raises(NotFound):
        find_file(lume.merchant.id, find_export(lume.merchant.id, export.id))
    work(export)
    whole = find_export(lume.merchant.id, export.id)
    content = find_file(lume.merchant.id, whole).read_bytes()
    assert len(rows_of(content)) == whole.rows == whole.done == whole.total == 5
    assert whole.size == len(content)
    assert len([file for file in data_folder.rglob("*") if file.is_file()]) == 1


def test_more_rows_than_excel_holds_are_refused_in_a_sentence(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "MOST_ROWS", 1)
    offer.card(), offer.card()
    export = ask(lume, "cards", "xlsx")

    work(export)

    failed = find_export(lume.merchant.id, export.id)
    assert (failed.state, failed.problem, failed.made) == ("failed", "too_many_rows_for_excel", None)
