"""A program with a draw at the desk."""

from datetime import timedelta

import pytest

from stampwell.ids import public_id
from stampwell.programs.comparing import compare
from stampwell.programs.redrafting import reward_as_drafted
from stampwell.programs.terms import terms_of
from stampwell.web.dashboard.programs.terms_words import say_changes
from tests.cards.test_drawing import BISCUIT, of_one, publish
from tests.moments import START
from tests.redeem_codes.working import pool_of
from tests.web.dashboard.desk import PROGRAM, DeskClient, words
from tests.world import Shop

pytestmark = pytest.mark.django_db


def test_a_draw_stays_as_it_is_when_the_program_is_changed_at_the_desk(desk: DeskClient, lume: Shop) -> None:
    offer = publish(lume, *of_one("stock", 7), minimum_age=18)
    before = offer.terms.milestones[0].reward
    page = desk.open(f"/programs/{public_id('prg', offer.program.id)}/edit/")
    assert "This reward is a draw." in words(page)
    assert "check the law of your country" in words(page)
    assert "How is it handed out?" not in words(page)
    assert "The staff scan it when you use it." not in words(page)
    form = {name: value for name, value in PROGRAM.items() if not name.startswith(("goal-reward", "milestone"))}
    reward = {"goal-reward-name": "A lucky day", "goal-reward-path": "staff_scan", "goal-reward-hours": ""}
    assert {name for name in reward if f'name="{name}"' in page.content.decode()} == reward.keys()
    was = {"goal-reward-was": public_id("rwd", before.id)}

    sent = desk.send(f"/programs/{public_id('prg', offer.program.id)}/edit/", **form | {"rows": "0"} | reward | was)

    assert sent.status_code == 302
    offer.program.refresh_from_db()
    after = terms_of(lume.merchant.id, offer.program.current_version_id).milestones[0].reward
    assert (after.name, before.name) == ({"en": "A lucky day"}, {"en": "A lucky prize"})
    assert reward_as_drafted(after)["draw"] == reward_as_drafted(before)["draw"]
    assert after.id != before.id


def test_a_prize_has_what_a_reward_has(desk: DeskClient, lume: Shop) -> None:
    """Its list says what it is for, it ends in time to be told, and it has a card for staff."""
    pool = pool_of(lume)
    cake, napkin = of_one("stock")
    code = {"kind": "pool", "pool_id": public_id("cdp", pool.id)}
    by_code = {"path": "redeem_code", "redeem_code": code, "valid_until": START + timedelta(days=3)}
    offer = publish(lume, cake | {"reward": cake["reward"] | by_code}, napkin)
    prize, program = public_id("rwd", offer.terms.rewards[0].id), public_id("prg", offer.program.id)

    assert "No reward uses this list yet." not in words(desk.open(f"/redeem-codes/{public_id('cdp', pool.id)}/"))
    assert desk.open(f"/programs/{program}/staff-card-en.pdf?size=a6&reward={prize}").status_code == 200
    assert "A cake" in words(desk.open("/"))


def test_what_changes_of_a_draw_is_said_before_and_after(lume: Shop) -> None:
    thanks = {"kind": "words", "odds": 0, "reward": {"name": "Thanks"}}
    before = publish(lume, *of_one("stock", 5)).terms
    after = publish(lume, of_one("stock", 3)[0], thanks, BISCUIT | {"odds": 0}, minimum_age=18).terms

    rows = say_changes(lume.merchant, before, after, compare(before, after))

    assert [(str(row.label), row.reward, row.before, row.after, str(row.verdict)) for row in rows] == [
        ("Minimum age", "A lucky prize", "–", "18", "Worse"),
        (
            "Prizes of the draw",
            "A lucky prize",
            "A cake: 100% (at most 5 in total) · A napkin: 0%",
            "A cake: 100% (at most 3 in total) · Thanks: 0% · A biscuit: 0%",
            "Worse",
        ),
    ]
