"""Which cards are a person's own, as managers say it at the desk."""

from stampwell.cards.own_card_model import OwnCard
from stampwell.cards.own_cards import name_own_card
from stampwell.events.models import DeskChange
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import HeldCard, Offer, Shop


def page_of(person: StaffMember) -> str:
    return f"/team/people/{public_id('stf', person.id)}/"


def finding(person: StaffMember, card: HeldCard | None = None) -> str:
    return f"{page_of(person)}own-cards/" + (f"{public_id('crd', card.id)}/" if card else "")


def test_a_card_is_found_and_named_and_removed_again(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    bo, card = lume.hire("Bo"), offer.card(name="Bo K")

    found = desk.open(f"{finding(bo)}?q=bo+k")
    assert finding(bo, card) in found.content.decode()
    assert desk.send(finding(bo, card)).status_code == 302

    page = words(desk.open(page_of(bo)))
    assert "The card is now known as Bo’s own." in page
    assert f"Bo K {card.row.short_number[:4]} {card.row.short_number[4:]} Remove" in page
    assert "No matching cards" in words(desk.open(f"{finding(bo)}?q=bo+k"))  # it is known already
    assert desk.send(f"{finding(bo, card)}off/").status_code == 302
    assert "The card is no longer marked as Bo’s own." in words(desk.open(page_of(bo)))
    assert not OwnCard.objects.exists()
    changes = words(desk.open("/settings/changes/?kind=team"))
    assert "A card is now known as Bo’s own." in changes
    assert "A card is no longer marked as Bo’s own." in changes


def test_without_a_query_no_card_is_listed(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    bo, card = lume.hire("Bo"), offer.card(name="Cy")

    for query in ("", "?q=", "?q=%20"):
        page = desk.open(f"{finding(bo)}{query}")
        assert public_id("crd", card.id) not in page.content.decode()
        assert "No matching cards" not in words(page)


def test_the_card_of_a_colleague_is_refused_with_what_to_do(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    bo, ci = lume.hire("Bo"), lume.hire("Ci")
    desk.send(finding(ci, card))

    answer = desk.send(finding(bo, card))

    assert answer.status_code == 409
    assert "This card is already known as the own card of somebody else in the team." in words(answer)
    assert OwnCard.objects.get().staff_member_id == ci.id


def test_a_manager_names_none_of_an_owner(lume: Shop, card: HeldCard) -> None:
    manager, ada = sign_up_staff(lume, StaffMember.Role.MANAGER), lume.ada
    name_own_card(lume.merchant, ada.id, card.id, actor=lume.actor)

    answers = [
        manager.open(finding(ada)),
        manager.send(finding(ada, card)),
        manager.send(f"{finding(ada, card)}off/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "Own cards" not in words(manager.open(page_of(ada)))
    assert OwnCard.objects.count() == 1


def test_who_leaves_the_team_has_no_own_card_any_more(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    bo = lume.hire("Bo")
    desk.send(finding(bo, card))

    desk.send(f"{page_of(bo)}leave/")

    assert not OwnCard.objects.exists()
    assert desk.send(finding(bo, card)).status_code == 404
    assert DeskChange.objects.filter(kind="person.card_named").count() == 1
