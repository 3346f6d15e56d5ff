"""A file becomes cards: each row once, the ledger equal, and as a whole it can be taken back."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card, Stamp
from stampwell.cards.recounting import recount
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.customers.models import Customer
from stampwell.events.draining import put_in_order
from stampwell.events.models import DeskChange, Event
from stampwell.ids import public_id
from stampwell.imports import undoing, writing
from stampwell.imports.asking import KEPT, ask_to_check, ask_to_undo, ask_to_write
from stampwell.imports.clearing import forget_old_imports
from stampwell.imports.models import CardImport
from stampwell.imports.refusals import ImportedBefore, ImportNotChecked, ImportUnclear, ImportUnderWay
from stampwell.imports.rows import Written
from stampwell.insight.models import CardStanding, DailyTotal, HourlyTotal
from stampwell.refusal import NotFound
from stampwell.sheets.files import file_of, sheets_folder
from stampwell.sheets.refusals import SheetGone
from tests.following import follow_everything
from tests.imports.working import (
    CY,
    PEOPLE,
    bring_in,
    check,
    choice_of,
    found,
    receive,
    report,
    undo,
    work,
    write,
)
from tests.kept import made_once
from tests.web.customer import AT_ONCE
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db
MANY = PEOPLE + "".join(f"Guest {number};g{number}@x.example;;;;{number % 10};\n" for number in range(7))

NUMBERS = ("00000000", "00000018", "00000026", "00000034")


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


def test_a_row_becomes_a_customer_a_card_and_its_stamps(lume: Shop, offer: Offer) -> None:
    import_id = bring_in(lume, offer, PEOPLE + CY)

    card, customer, stamp = Card.objects.get(), Customer.objects.get(), Stamp.objects.get()
    assert (customer.name, customer.email, customer.phone) == ("Cy Berg", "cy@x.example", "+371 2000 1234")
    assert (str(customer.birthday), customer.locale) == ("1990-05-01", "lv")
    assert (card.stamps, card.goal, card.revision, card.external_id, card.locale) == (7, 10, 2, "A-1", "lv")
    assert (stamp.card_id, stamp.count, stamp.source, stamp.staff_member_id) == (card.id, 7, "import", lume.ada.id)
    put_in_order(lume.merchant.id)
    events = Event.objects.exclude(type="program.published").order_by("sequence")
    assert [event.type for event in events] == ["card.issued", "stamp.added", "import.finished"]
    assert {event.data["import_id"] for event in events} == {public_id("imp", import_id)}
    assert [event.data["card"]["stamps"] for event in events[:2]] == [0, 7]
    assert (events[2].data["cards"], events[2].data["stamps"]) == (1, 7)
    assert recount(lume.merchant.id) == []
    assert [change.kind for change in DeskChange.objects.filter(name="customers.csv")] == ["import.begun"]


def test_an_imported_card_goes_on_like_any_other(lume: Shop, offer: Offer) -> None:
    bring_in(lume, offer, PEOPLE + CY)
    card = HeldCard(lume, Card.objects.get().id)

    add_stamp(lume.merchant, card.id, Purchase(count=3), actor=lume.actor)

    assert len(card.open_vouchers) == 1, "the biscuit at five was given before"
    assert recount(lume.merchant.id) == []


def test_figures_do_not_take_it_for_one_huge_day(lume: Shop, offer: Offer) -> None:
    bring_in(lume, offer, PEOPLE + CY)

    follow_everything()

    assert not DailyTotal.objects.filter(type__in=("card.issued", "stamp.added")).exists()
    assert not HourlyTotal.objects.filter(type="stamp.added").exists()
    assert CardStanding.objects.get().stamps == 7


@pytest.mark.parametrize("stops", [2, 4, 6])
def test_a_job_that_is_cut_off_goes_on_and_writes_each_row_once(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch, stops: int
) -> None:
    monkeypatch.setattr(writing, "AT_ONCE", 2)
    import_id = receive(lume, MANY)
    check(lume, offer, import_id)
    ask_to_write(lume.merchant, import_id, actor=lume.actor)
    steps = iter(range(1, 100))

    work(lume, import_id, is_stopping=lambda: next(steps) >= stops)
    assert found(lume, import_id).state == "waiting"
    work(lume, import_id)

    assert report(lume, import_id, Written) == Written(cards=7, stamps=21, addresses=7)
    assert sorted(Customer.objects.values_list("name", flat=True)) == [f"Guest {number}" for number in range(7)]
    assert sum(Stamp.objects.values_list("count", flat=True)) == 21
    assert Event.objects.filter(type="import.finished").count() == 1
    assert recount(lume.merchant.id) == []


def test_undone_it_leaves_no_person_and_an_even_ledger(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 2)
    here = offer.card(name="Bea")
    import_id = bring_in(lume, offer, MANY + CY)
    used = HeldCard(lume, Card.objects.get(customer_id=Customer.objects.get(name="Guest 3").id).id)
    add_stamp(lume.merchant, used.id, Purchase(count=1), actor=lume.actor)

    undone = undo(lume, import_id)

    assert (undone.cards, undone.kept, undone.first) == (7, 1, [5])
    assert sorted(Customer.objects.filter(erased__isnull=True).values_list("name", flat=True)) == ["Bea", "Guest 3"]
    assert {card.state for card in Card.objects.exclude(id__in=(here.id, used.id))} == {"erased"}
    assert used.row.stamps == 4
    assert sum(Stamp.objects.values_list("count", flat=True)) == 4
    assert recount(lume.merchant.id) == []
    assert not [event for event in Event.objects.all() if "A-1" in str(event.data)]
    assert found(lume, import_id).undone is not None
    (told,) = Event.objects.filter(type="import.undone")
    assert (told.data["import_id"], told.data["cards"], told.data["kept"]) == (public_id("imp", import_id), 7, 1)
    assert [change.kind for change in DeskChange.objects.filter(name="customers.csv")] == [
        "import.begun",
        "import.undone",
    ]
    import_again = bring_in(lume, offer, MANY + CY)
    assert report(lume, import_again, Written).cards == 7, "but for the guest who has a card"


def test_a_number_that_another_card_has_is_not_given_again(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, other = (offer.card().row.short_number for _card in range(2))
    first, second, *_more = [number for number in NUMBERS if number not in (taken, other)]
    numbers = iter([first, taken, taken, first, other, second])
    monkeypatch.setattr(writing, "new_short_number", lambda: next(numbers))

    bring_in(lume, offer, PEOPLE + CY + CY.replace("cy@", "di@").replace("A-1", "A-2"))

    given = list(Card.objects.values_list("short_number", flat=True))
    assert sorted(given) == sorted([taken, other, first, second])
    told = [event.data["card"]["short_number"] for event in Event.objects.filter(type="card.issued", source="import")]
    assert set(told) == {first, second}


def test_the_same_file_is_not_written_twice(lume: Shop, offer: Offer) -> None:
    nameless = "Name;Stamps\nCy;3\n"
    bring_in(lume, offer, nameless)
    again = receive(lume, nameless)
    check(lume, offer, again)

    with pytest.raises(ImportedBefore):
        ask_to_write(lume.merchant, again, actor=lume.actor)


def test_whoever_came_into_the_shop_since_the_check_is_passed_over(lume: Shop, offer: Offer) -> None:
    import_id = receive(lume, MANY)
    check(lume, offer, import_id)
    offer.card(name="Guest 2", email="g2@x.example")

    assert write(lume, import_id) == Written(cards=6, stamps=19, skipped=1, addresses=6)


def test_one_import_at_a_time(lume: Shop, offer: Offer) -> None:
    first, second = receive(lume, PEOPLE + CY), receive(lume, MANY)
    check(lume, offer, first)
    check(lume, offer, second)
    ask_to_write(lume.merchant, first, actor=lume.actor)

    with pytest.raises(ImportUnderWay):
        ask_to_write(lume.merchant, second, actor=lume.actor)
    with pytest.raises(ImportUnderWay):
        ask_to_check(lume.merchant, first, choice_of(lume, offer, first), actor=lume.actor)
    with pytest.raises(ImportUnderWay):
        ask_to_undo(lume.merchant, first, actor=lume.actor)
    ask_to_write(lume.merchant, first, actor=lume.actor)
    work(lume, first)
    assert write(lume, second).cards == 7


def test_nothing_is_written_that_was_not_checked_as_it_is(lume: Shop, offer: Offer) -> None:
    import_id = receive(lume, PEOPLE + CY)
    with pytest.raises(ImportNotChecked):
        ask_to_write(lume.merchant, import_id, actor=lume.actor)
    check(lume, offer, import_id)
    lume.publish(offer.program, goal=12, milestones=[{"stamps": 12, "reward": {"name": "Tea", "path": "staff_scan"}}])
    with pytest.raises(ImportNotChecked):
        ask_to_write(lume.merchant, import_id, actor=lume.actor)
    check(lume, offer, import_id)
    file_of(lume.merchant.id, import_id).write_text("Name\nSomebody else\n")
    with pytest.raises(SheetGone):
        ask_to_write(lume.merchant, import_id, actor=lume.actor)

    assert not Card.objects.exists()


@pytest.mark.parametrize("columns", [["", ""], ["email", "email"], ["name"], ["name", "nonsense"]])
def test_columns_that_are_not_clear_are_refused(lume: Shop, offer: Offer, columns: list[str]) -> None:
    import_id = receive(lume, "Who;What\nCy;7\n")

    with pytest.raises(ImportUnclear):
        ask_to_check(lume.merchant, import_id, choice_of(lume, offer, import_id, columns), actor=lume.actor)


def test_an_import_of_another_shop_is_none(lume: Shop, rossi: Shop, offer: Offer) -> None:
    import_id, theirs = receive(lume, PEOPLE + CY), rossi.publish()
    check(lume, offer, import_id)

    for act in (ask_to_write, ask_to_undo):
        with pytest.raises(NotFound):
            act(rossi.merchant, import_id, actor=rossi.actor)
    with pytest.raises(NotFound):
        ask_to_check(lume.merchant, import_id, choice_of(lume, theirs, import_id), actor=lume.actor)


def test_files_are_kept_for_a_day_and_not_after_they_were_written(lume: Shop, offer: Offer) -> None:
    written = bring_in(lume, offer, PEOPLE + CY)
    assert [file.suffix for file in sheets_folder().rglob("*") if file.is_file()] == [".faults"], "only row numbers"
    left = receive(lume, MANY)
    assert file_of(lume.merchant.id, left).stat().st_mode & 0o777 == 0o600

    with stopped_at(now() + KEPT + timedelta(hours=1)):
        forget_old_imports()

    assert [one.id for one in CardImport.objects.all()] == [written]
    assert not file_of(lume.merchant.id, left).exists()
