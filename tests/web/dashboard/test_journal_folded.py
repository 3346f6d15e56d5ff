"""What a job has done to many cards is one line of the journal, and that line opens the others."""

import re
from datetime import timedelta

import msgspec
import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing import erase_customer
from stampwell.cards.models import Card
from stampwell.cards.new_terms import change_terms
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.merchants.models import Merchant
from stampwell.programs.drafting import ProgramDraft
from tests.following import follow_everything
from tests.imports.working import CY, PEOPLE, bring_in, undo
from tests.web.dashboard.desk import Answer, DeskClient, page_of, words
from tests.web.dashboard.test_start import week_of
from tests.world import BISCUIT, COFFEE, Offer, Shop

NEAR = [BISCUIT, COFFEE | {"stamps": 8}]
ROWS = "".join(f"Ann {number};;;;;{number};\n" for number in (1, 2, 3))


def give_to_everybody(offer: Offer, goal: int = 8) -> None:
    """Better terms, for every card."""
    shop = offer.shop
    wanted = {"name": "Coffee card", "goal": goal, "milestones": [BISCUIT, COFFEE | {"stamps": goal}]}
    earning = {"by": "visit", "cooldown_seconds": 30}
    draft = msgspec.convert(wanted | {"earning": earning}, ProgramDraft)
    change_terms(shop.merchant, offer.program.id, draft, apply="everybody", actor=shop.actor)
    job = Job.objects.get(kind="new_terms", ended=None)
    assert job.place is not None
    work_on(shop.merchant.id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: False)


def whats(answer: Answer) -> list[str]:
    """The lines, without what they lead to."""
    found = re.findall(r'<span class="what">(.*?)</span>', answer.content.decode())
    return [one.partition(" · <a")[0] for one in found]


def opened_by(answer: Answer, name: str) -> str:
    """Where the line leads that tells of more by this name."""
    (path,) = re.findall(rf'<a href="(\?of=\d+)">{name}</a>', answer.content.decode())
    return f"/journal/{path}"


def test_terms_given_to_everybody_are_one_line_that_opens_those_of_the_cards(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    cards = [offer.card(name=f"Ann {number}") for number in range(3)]
    give_to_everybody(offer)
    follow_everything()

    page = desk.open("/journal/")

    assert whats(page).count("Program published: Coffee card") == 2
    assert "The card got the new terms" not in whats(page)
    assert "The card got the new terms" not in words(desk.open("/"))
    opened = desk.open(opened_by(page, "3 cards got the new terms"))
    assert whats(opened) == ["The card got the new terms"] * 3
    assert all(f"Ann {number}" in words(opened) for number in range(3))
    assert 'name="of"' not in opened.content.decode(), "words are looked for everywhere"
    assert '<a href="?kind=stamps">Stamps</a>' in opened.content.decode()
    assert "The card got the new terms" in words(desk.open(page_of(cards[0])))
    assert whats(desk.open("/journal/?q=Ann+1"))[0] == "The card got the new terms"


def test_each_time_that_terms_were_given_opens_its_own_cards(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    offer.card(name="Al")
    give_to_everybody(offer)
    with stopped_at(now() + timedelta(minutes=1)):
        offer.card(name="Zane")
        give_to_everybody(offer, goal=7)
        follow_everything()
        page = desk.open("/journal/")

        one, both = opened_by(page, "1 card got the new terms"), opened_by(page, "2 cards got the new terms")
        assert len(whats(desk.open(one))) == 1
        assert "Zane" not in words(desk.open(one))
        assert len(whats(desk.open(both))) == 2


def test_the_line_stays_when_its_job_is_forgotten(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    offer.card()
    give_to_everybody(offer)
    follow_everything()
    Job.objects.all().delete()

    opened = desk.open(opened_by(desk.open("/journal/"), "The cards that got the new terms"))

    assert whats(opened) == ["The card got the new terms"]


def test_an_import_is_one_line_that_opens_those_of_its_cards(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    stamped = offer.card(name="Di")
    add_stamp(lume.merchant, stamped.id, Purchase(), actor=lume.actor)
    bring_in(lume, offer, PEOPLE + ROWS)
    with stopped_at(now() + timedelta(minutes=1)):
        bring_in(lume, offer, PEOPLE + CY)
        follow_everything()

        page = desk.open("/journal/")

        assert [line for line in whats(page) if "published" not in line] == [
            "1 card imported",
            "3 cards imported",
            "1 stamp added",
            "A customer got a new card",
        ]
        assert "Ann" not in words(desk.open("/"))
        first, second = (number for number, _path in _imports_in(page))
        opened = desk.open(f"/journal/?of={second}")
        assert len(whats(opened)) == 6
        assert "Di" not in words(opened)
        assert "Cy" not in words(opened)
        assert len(whats(desk.open(f"/journal/?of={first}"))) == 2
        assert whats(desk.open("/journal/?kind=cards"))[:2] == ["1 card imported", "3 cards imported"]
        assert len(whats(desk.open("/journal/?each=1"))) == len(whats(page)) + 8
        by_program = f"/journal/?program={public_id('prg', offer.program.id)}"
        assert len([line for line in whats(desk.open(by_program)) if line == "A customer got a new card"]) == 5


def test_an_undone_import_is_one_line_that_opens_those_of_its_cards(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    first = bring_in(lume, offer, PEOPLE + ROWS)
    with stopped_at(now() + timedelta(minutes=1)):
        second = bring_in(lume, offer, PEOPLE + CY)
        undo(lume, first)
    with stopped_at(now() + timedelta(minutes=2)):
        undo(lume, second)
        erase_customer(lume.merchant, offer.card(name="Zane").row.customer_id, actor=lume.actor)
        follow_everything()

        page = desk.open("/journal/")

        undone = [line for line in whats(page) if "undone" in line]
        assert undone == ["Import undone, 1 card deleted", "Import undone, 3 cards deleted"]
        assert whats(page).count("A customer’s data was deleted") == 1, "that of Zane"
        assert "1 stamp undone" not in words(desk.open("/"))
        lines = {len(whats(desk.open(f"/journal/?of={number}"))) for number, _path in _imports_in(page)}
        assert lines == {2, 3, 6, 9}, "of each card its stamp, its end and its customer's"
        assert whats(desk.open("/journal/?kind=undone")) == undone
        assert whats(desk.open("/journal/?each=1")).count("A customer’s data was deleted") == 5


def test_an_undone_import_of_which_nothing_was_deleted_opens_nothing(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    import_id = bring_in(lume, offer, PEOPLE + CY)
    add_stamp(lume.merchant, Card.objects.get().id, Purchase(), actor=lume.actor)
    undo(lume, import_id)
    follow_everything()

    page = desk.open("/journal/")

    assert "Import undone, 0 cards deleted" in whats(page)
    assert len(_imports_in(page)) == 1, "that of the import"


def _imports_in(page: Answer) -> list[tuple[str, str]]:
    return re.findall(r'<a href="\?of=(\d+)">(Show each card)</a>', page.content.decode())


def test_what_opens_nothing_is_not_asked_for(desk: DeskClient, lume: Shop, rossi: Shop, offer: Offer) -> None:
    offer.card(name="Cy")
    bring_in(lume, offer, PEOPLE + CY)
    follow_everything()
    everything = whats(desk.open("/journal/"))
    stamps = Event.objects.filter(merchant=lume.merchant, type="card.issued").values_list("sequence", flat=True)

    for asked in ("x", "0", "-1", str(2**62), "9" * 18, str(stamps[0])):
        assert whats(desk.open(f"/journal/?of={asked}")) == everything
    finished = Event.objects.get(merchant=lume.merchant, type="import.finished").sequence
    assert "Cy" not in words(DeskClient(rossi.owner).open(f"/journal/?of={finished}"))


def test_rewards_earned_and_handed_out_lead_each_to_their_own_lines(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    card = offer.card()
    add_stamp(lume.merchant, card.id, Purchase(count=5), actor=lume.actor)
    biscuit = card.open_vouchers[0]
    desk.send(f"{page_of(card)}vouchers/{public_id('vch', biscuit.id)}/redemption/")
    follow_everything()
    kinds = [tile.kind for tile in week_of(lume).tiles]
    assert kinds == ["given", "earned", "handed_out", "new_cards"]

    assert whats(desk.open("/journal/?kind=earned")) == ["Voucher given: A biscuit"]
    handed_out = desk.open("/journal/?kind=handed_out")
    assert whats(handed_out) == ["Reward handed out: A biscuit"]
    assert '<a href="?kind=rewards" aria-current="page">Rewards</a>' in handed_out.content.decode()


@pytest.mark.parametrize("kind", ["given", "earned", "handed_out", "new_cards"])
def test_what_a_figure_is_made_of_can_be_exported(desk: DeskClient, lume: Shop, kind: str) -> None:
    page = desk.open(f"/journal/?kind={kind}").content.decode()

    assert f"?subject=journal&amp;kind={kind}" in page
    assert desk.open(f"/exports/new/?subject=journal&kind={kind}").status_code == 200
    assert Merchant.objects.get(id=lume.merchant.id).closed is None
