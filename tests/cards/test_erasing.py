"""A customer is erased: the sums stay, and nothing tells any more who it was."""

from datetime import timedelta
from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing import Erased, erase_customer
from stampwell.cards.forgetting import FORGET_ERASED
from stampwell.cards.links import card_code
from stampwell.cards.models import Card, Stamp
from stampwell.cards.numbers import group_digits
from stampwell.cards.recounting import recount
from stampwell.cards.recovering import recover_card
from stampwell.cards.refusals import CardErased, CardMoved
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.counter.scanning import recognise, take_scan
from stampwell.customers.models import Consent, Customer, Tag, Tagging
from stampwell.customers.noting import add_note
from stampwell.customers.tagging import tag_customer
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.ids import private_id, wanted_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.mail.models import Mail
from stampwell.mail.queue import Content, keep_mail
from stampwell.refusal import NotFound
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.links import voucher_code, voucher_url
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.revealing import reveal_code
from tests.canaries import kept_anywhere
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.web.customer import AT_ONCE, give_stamps, one_reward
from tests.world import HeldCard, Shop

CANARIES = ("Zebediah", "zebediah", "quagga", "771234987", "1931-03-07", "CRM-4711")


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    """With a biscuit that was earned; the person left all that one can leave."""
    api = ApiClient(lume.api_key())
    offer = lume.publish(earning=AT_ONCE)
    person = {
        "name": "Zebediah Quist",
        "email": "zebediah@quagga.example",
        "phone": "+371 771234987",
        "birthday": "1931-03-07",
    }
    issued = api.post(
        "/cards",
        {"program_id": f"prg_{offer.program.id.hex}", "external_id": "CRM-4711", "customer": person},
    ).json
    card_id = private_id("crd", issued["id"])
    assert card_id
    api.post(f"/cards/{issued['id']}/stamps", {"count": 6})
    return HeldCard(lume, card_id)


@pytest.fixture
def lived_in(card: HeldCard) -> HeldCard:
    """The staff wrote the person's name where they could, and a letter is on its way."""
    shop = card.shop
    given = give_stamps(card, 1)
    stamp_id = private_id("stp", given.facts.stamp.id)
    assert stamp_id
    undo_stamp(shop.merchant, stamp_id, reason="Zebediah paid twice", actor=shop.actor)
    used = hand_over(shop.merchant, card.open_vouchers[0].id, actor=shop.actor)
    redemption_id = private_id("rdm", used.facts.redemption.id)
    assert redemption_id
    give_back(shop.merchant, redemption_id, reason="zebediah came back", actor=shop.actor)
    tag_customer(shop.merchant, card.row.customer_id, "Friend of Zebediah, regular")
    tag_customer(shop.merchant, card.row.customer_id, "regular")  # the other one stands with nobody now
    add_note(shop.merchant, card.row.customer_id, "Zebediah sits by the window", staff_member_id=shop.ada.id)
    keep_mail(
        "zebediah@quagga.example",
        Content("Hello", "Zebediah"),
        kind="test",
        expires=now() + timedelta(hours=1),
        about=card.id,
    )
    return card


def erase(card: HeldCard) -> Erased:
    return erase_customer(card.shop.merchant, card.row.customer_id, actor=card.shop.actor)


def finish(shop: Shop) -> None:
    for job in Job.objects.filter(kind=FORGET_ERASED, state="waiting"):
        assert job.place
        work_on(shop.merchant.id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: False)


def test_nothing_that_was_known_of_the_person_is_left_in_any_table(lived_in: HeldCard) -> None:
    assert {found.partition(":")[0] for found in kept_anywhere(*CANARIES)} == {
        "customer",
        "customer_note",
        "tag",
        "card",
        "stamp",
        "reversal",
        "event",
        "stored_answer",
        "mail",
    }

    erase(lived_in)
    finish(lived_in.shop)

    assert kept_anywhere(*CANARIES) == []


def test_a_tag_that_somebody_else_has_stays(lived_in: HeldCard) -> None:
    other = lived_in.shop.publish(name="Tea card").card()
    tag_customer(lived_in.shop.merchant, other.row.customer_id, "Regular")

    erase(lived_in)

    assert [tag.name for tag in Tag.objects.all()] == ["regular"]
    assert Tagging.objects.get().customer_id == other.row.customer_id


def test_stamps_rounds_and_what_was_handed_out_stay_in_the_sums(lived_in: HeldCard) -> None:
    before = lived_in.row
    rows = (Stamp.objects.count(), Redemption.objects.count(), Voucher.objects.count())

    erase(lived_in)

    after = lived_in.row
    assert (after.stamps, after.round, after.goal) == (before.stamps, before.round, before.goal)
    assert (Stamp.objects.count(), Redemption.objects.count(), Voucher.objects.count()) == rows
    assert recount(lived_in.shop.merchant.id) == []


def test_the_events_stay_in_their_places(lived_in: HeldCard) -> None:
    put_in_order(lived_in.shop.merchant.id)
    before = list(Event.objects.order_by("sequence").values_list("sequence", "id", "type", "at"))

    erase(lived_in)
    put_in_order(lived_in.shop.merchant.id)

    after = list(Event.objects.order_by("sequence").values_list("sequence", "id", "type", "at"))
    assert after[: len(before)] == before
    assert [type for _number, _id, type, _at in after[len(before) :]] == [
        "customer.erased",
        "voucher.voided",
        "card.voided",
    ]


def test_an_event_loses_nothing_but_the_person(lived_in: HeldCard) -> None:
    before = Event.objects.get(type="card.issued").data["card"]

    erase(lived_in)

    assert Event.objects.get(type="card.issued").data["card"] == {**before, "external_id": None}
    assert Event.objects.get(type="stamp.reversed").data["stamp"]["reason"] == ""
    assert Event.objects.get(type="voucher.reversed").data["reversal"]["reason"] == ""


def test_nothing_is_taken_back_any_more_with_a_reason_that_names_somebody(card: HeldCard) -> None:
    shop, given = card.shop, give_stamps(card, 1)
    used = hand_over(shop.merchant, card.open_vouchers[0].id, actor=shop.actor)
    erase(card)

    stamp_id, redemption_id = wanted_id("stp", given.facts.stamp.id), wanted_id("rdm", used.facts.redemption.id)
    with pytest.raises(CardErased):
        undo_stamp(shop.merchant, stamp_id, reason="Zebediah paid twice", actor=shop.actor)
    with pytest.raises(CardErased):
        give_back(shop.merchant, redemption_id, reason="Zebediah came back", actor=shop.actor)

    finish(shop)
    assert kept_anywhere(*CANARIES) == []
    assert not Voucher.objects.filter(state="ready").exists()


def test_what_is_known_of_others_stays(lived_in: HeldCard) -> None:
    other = lived_in.shop.publish(name="Tea card").card(name="Zebediah the younger", external_id="CRM-9")

    erase(lived_in)
    finish(lived_in.shop)

    assert Customer.objects.get(id=other.row.customer_id).name == "Zebediah the younger"
    assert (other.row.state, other.row.external_id) == ("active", "CRM-9")
    assert Event.objects.get(type="card.issued", card_id=other.id).data["card"]["external_id"] == "CRM-9"


def test_rewards_that_were_ready_are_withdrawn(card: HeldCard) -> None:
    erase(card)

    assert [voucher.state for voucher in Voucher.objects.all()] == ["void"]
    assert card.open_vouchers == []


def test_a_reward_that_the_till_is_reading_is_used(lume: Shop) -> None:
    card = lume.publish(**one_reward("redeem_code")).card()
    give_stamps(card, 2)
    reveal_code(lume.merchant, card.open_vouchers[0].id)

    erase(card)
    with stopped_at(now() + timedelta(days=1)):
        let_vouchers_age(lume.merchant.id)

    assert Voucher.objects.get().state == "redeemed"
    assert Redemption.objects.count() == 1


def test_whatever_opened_the_card_is_refused_at_the_counter_with_the_reason(card: HeldCard) -> None:
    (biscuit,), slug, number = card.open_vouchers, card.shop.merchant.slug, card.row.short_number

    erase(card)

    for text in (
        card.code,
        card.url,
        number,
        group_digits(number),
        voucher_code(biscuit.id, 0),
        voucher_url(slug, biscuit.id, 0),
    ):
        with pytest.raises(CardErased):
            take_scan(card.shop.merchant, recognise(card.shop.merchant, text), Purchase(), actor=card.shop.actor)
    with pytest.raises(CardErased):
        give_stamps(card, 1)
    with pytest.raises(CardErased):
        recover_card(card.shop.merchant, card.id, actor=card.shop.actor)


def test_links_of_before_it_was_recovered_say_so_too(card: HeldCard) -> None:
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)
    assert isinstance(recognise(card.shop.merchant, card.code).refusal, CardMoved)

    erase(card)

    for issue in (0, 1):
        assert type(recognise(card.shop.merchant, card_code(card.id, issue)).refusal) is CardErased


def test_erased_twice_it_happened_once(card: HeldCard) -> None:
    first = erase(card)
    again = erase(card)

    assert again == first
    assert Event.objects.filter(type="customer.erased").count() == 1
    assert Job.objects.filter(kind=FORGET_ERASED).count() == 1


def test_only_the_shops_own_customer_is_erased(card: HeldCard, rossi: Shop) -> None:
    for stranger in (card.row.customer_id, UUID(int=7)):
        with pytest.raises(NotFound):
            erase_customer(rossi.merchant, stranger, actor=rossi.actor)

    assert Customer.objects.get(id=card.row.customer_id).name == "Zebediah Quist"


def test_the_same_external_id_gives_somebody_a_new_card(card: HeldCard) -> None:
    erase(card)

    api = ApiClient(card.shop.api_key())
    issued = api.post("/cards", {"program_id": f"prg_{card.row.program_id.hex}", "external_id": "CRM-4711"})

    assert (issued.status, issued.json["is_new"]) == (201, True)
    assert issued.json["id"] != f"crd_{card.id.hex}"


def test_its_consent_is_gone_and_it_is_written_down_who_did_it(card: HeldCard) -> None:
    Consent.objects.create(
        merchant=card.shop.merchant,
        customer_id=card.row.customer_id,
        purpose="marketing",
        granted=True,
        wording="x",
        source="y",
    )

    erase(card)

    event = Event.objects.get(type="customer.erased")
    assert not Consent.objects.exists()
    assert (event.staff_member_id, event.data) == (card.shop.ada.id, {"customer_id": f"cus_{card.row.customer_id.hex}"})
    assert Event.objects.get(type="card.voided").data["card"]["state"] == "erased"
    assert Mail.objects.count() == 0


def test_the_database_keeps_no_way_to_the_card(card: HeldCard) -> None:
    """Not even whoever knows how links are made has one that opens it, for these were handed to nobody."""
    erase(card)

    assert recognise(card.shop.merchant, card_code(card.id, 1)).card is None
    assert Card.objects.get().issue == 1
