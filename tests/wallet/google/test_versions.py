"""A reward looks as the version of the program says under which it was given, whoever's card comes up."""

from tests.doubles.google import Google
from tests.wallet.google.following import follow, save
from tests.web.customer import give_stamps, one_reward
from tests.world import Shop

BROWN, BLUE = "#5b2c1a", "#003366"


def test_cards_of_two_versions_do_not_repaint_each_others_rewards(google: Google, lume: Shop) -> None:
    first = lume.publish(name="Coffee card", design={"background": BROWN}, **one_reward("staff_scan"))
    moved, stayed = first.card(), first.card()
    for card in (moved, stayed):
        save(card)
        give_stamps(card, 2)
        follow(card)
    lume.publish(first.program, name="Coffee card", design={"background": BLUE}, **one_reward("staff_scan"))
    give_stamps(moved, 2)
    follow(moved)
    assert moved.row.version_id != stayed.row.version_id
    google.asked.clear()

    for card in (moved, stayed, moved):
        give_stamps(card, 1)
        follow(card)

    assert [one.path for one in google.said("PATCH") if "/offerClass" in one.path] == []
    assert sorted(one["hexBackgroundColor"] for one in google.objects["offerClass"].values()) == [BLUE, BROWN]
