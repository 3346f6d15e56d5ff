"""A program with a draw at the desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import gettext, override

from stampwell.ids import public_id
from stampwell.merchants.models import Location
from stampwell.programs.comparing import compare
from stampwell.programs.models import Program, SavedDraft
from stampwell.programs.redrafting import reward_as_drafted
from stampwell.programs.terms import RewardTerms
from stampwell.web.dashboard.programs.milestone_forms import MOST_PRIZE_ROWS, PrizeForm
from stampwell.web.dashboard.programs.reward_forms import MOST_CODE_PLACES, offered_by
from stampwell.web.dashboard.programs.terms_words import say_changes
from tests.cards.test_drawing import BISCUIT, CAKE, of_one, publish
from tests.moments import START
from tests.redeem_codes.working import pool_of
from tests.web.dashboard.desk import PROGRAM, Answer, DeskClient, words
from tests.web.dashboard.test_program_drafts import edit_of, held, present
from tests.world import Shop

pytestmark = pytest.mark.django_db
NO_LIMIT = (6_000, None, None)
BOXES = ("only_words", "needs_manager")  # a browser leaves out what is not ticked


def prize(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "path": "staff_scan", "active_after": "0", "hours": ""} | fields


def drawn(*prizes: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form whose goal is a draw."""
    fields: dict[str, Any] = {name: None for name in PROGRAM if name.startswith("goal-reward")}
    fields |= {"goal-reward-name": "A surprise", "goal-reward-kind": "draw", "goal-reward-prize_rows": str(len(prizes))}
    for place, one in enumerate(prizes):
        fields |= {f"goal-reward-prize-{place}-{name}": value for name, value in one.items()}
    return {name: value for name, value in fields.items() if value is not None}


def prizes_in(page: Answer) -> list[dict[str, list[str]]]:
    """What stands in the fields of each prize."""
    sent = held(page)
    starts = [f"goal-reward-prize-{place}-" for place in range(int(sent["goal-reward-prize_rows"][0]))]
    return [
        {name.removeprefix(start): value for name, value in sent.items() if name.startswith(start)} for start in starts
    ]


def goal_of(shop: Shop) -> RewardTerms:
    return present(shop).milestones[-1].reward


def test_a_draw_is_published_by_the_form_as_it_was_filled_in(desk: DeskClient, lume: Shop) -> None:
    pool = pool_of(lume)
    coffee = {"path": "redeem_code", "pool": public_id("cdp", pool.id), "odds": "39,95 %", "most_a_day": "3"}
    cake = {"odds": "0.05", "stock": "10", "name_lv": "Kūka", "valid_days": "30"}
    sent = drawn(prize("A cake", **cake), prize("A coffee", **coffee), prize("A biscuit", odds="60"))

    answer = desk.publish(**sent, **{"goal-reward-minimum_age": "18"})

    assert answer.status_code == 302, words(answer)
    draw = goal_of(lume)
    assert (draw.name, draw.minimum_age, draw.path) == ({"en": "A surprise"}, 18, "staff_scan")
    assert [(one.odds, one.most_a_day, one.stock) for one in draw.prizes] == [(5, None, 10), (3_995, 3, None), NO_LIMIT]
    rewards = [one.reward for one in draw.prizes]
    assert [one.name for one in rewards] == [{"en": "A cake", "lv": "Kūka"}, {"en": "A coffee"}, {"en": "A biscuit"}]
    assert (rewards[0].valid_days, rewards[1].pool_id) == (30, pool.id)


def test_a_prize_may_be_words_alone(desk: DeskClient, lume: Shop) -> None:
    sent = held(
        desk.publish(**drawn(prize("A cake", odds="5"), prize("A pen", odds="5")), prizes="nothing goal-reward")
    )

    answer = desk.publish(**sent)

    assert answer.status_code == 302, words(answer)
    last = goal_of(lume).prizes[-1]
    assert (last.kind, last.odds, last.reward.name["ja"]) == ("words", 9_000, last_in_japanese())
    edited = held(desk.open(f"{answer.headers['Location']}edit/"))
    assert edited["goal-reward-prize-2-only_words"] == ["on"]
    assert "At least one prize has to be something that is handed out." in words(desk.publish(**all_words(sent)))


def last_in_japanese() -> str:
    with override("ja"):
        return gettext("Nothing this time")


def all_words(sent: dict[str, Any]) -> dict[str, Any]:
    return sent | {f"goal-reward-prize-{place}-only_words": "on" for place in range(3)}


def test_what_is_published_stands_in_the_form_and_saved_again_it_is_the_same(desk: DeskClient, lume: Shop) -> None:
    rule = {"kind": "percentage", "percent": 50}
    dear = {"odds": 1_250, "stock": 7, "most_a_day": 1, "reward": {"name": "A cake", "discount": rule, "valid_days": 3}}
    offer = publish(lume, dear, BISCUIT | {"odds": 8_750}, minimum_age=18)
    before = reward_as_drafted(offer.terms.milestones[0].reward)

    page = desk.open(edit_of(offer))
    answer = desk.send(edit_of(offer), **held(page))

    assert answer.status_code == 302, words(answer)
    assert reward_as_drafted(present(lume).milestones[0].reward) == before
    assert held(page)["goal-reward-prize-0-odds"] == ["12.5"]
    assert "check the law of your country" in words(page)


def test_what_is_changed_of_a_draw_stands_before_and_after_on_the_sheet(desk: DeskClient, lume: Shop) -> None:
    offer = publish(lume, CAKE | {"odds": 5_000}, BISCUIT)
    offer.card()
    sent = held(desk.open(edit_of(offer)))
    other = {"goal-reward-prize-0-odds": ["25"], "goal-reward-prize-1-odds": ["75"]}

    said = words(desk.send(edit_of(offer), **sent | other))

    assert "A cake: 50% · A biscuit: 50% A cake: 25% · A biscuit: 75%" in said
    assert present(lume).milestones[0].reward.prizes[0].odds == 5_000


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prize-0-odds": "32"}, "92% so far: 8% are missing."),
        ({"prize-0-odds": "40.01"}, "100.01% so far: 0.01% too much."),
        ({"prize-0-odds": "a lot"}, "Enter a number from 0 to 100, with two decimals at most."),
        ({"prize-0-odds": "12.345"}, "Enter a number from 0 to 100, with two decimals at most."),
        ({"prize-0-odds": "101"}, "Enter a number from 0 to 100, with two decimals at most."),
        ({"prize-0-odds": ""}, "This field is required."),
        ({"prize-1-name": "a CAKE "}, "There is already a prize with this name."),
        ({"prize-1-stock": "5"}, "The last prize has no limit"),
        ({"prize-0-path": "redeem_code", "prize-0-code": ""}, "This field is required."),
        ({"prize_rows": "-1", "prize-1-name": ""}, "This field is required."),
        ({"minimum_age": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_mistake_stands_beside_its_prize_and_nothing_is_published(
    desk: DeskClient, changes: dict[str, str], said: str
) -> None:
    sent = drawn(prize("A cake", odds="40"), prize("A biscuit", odds="60"))

    answer = desk.publish(**sent | {f"goal-reward-{name}": value for name, value in changes.items()})

    assert answer.status_code == 422
    assert said in words(answer)
    assert not Program.objects.exists()


def test_prizes_are_added_moved_removed_and_filled_up_without_a_script(desk: DeskClient) -> None:
    cake, biscuit = prize("A cake", odds="12,5", valid_days="3", weekdays=["2", "5"]), prize("A biscuit", odds="x")

    def after(act: str, sent: dict[str, Any] | None = None) -> list[list[str]]:
        """The names and chances of the prizes, once a button was pressed."""
        page = desk.publish(**sent or drawn(cake, biscuit), prizes=act)
        assert page.status_code == 200
        return [[form["name"][0], form["odds"][0]] for form in prizes_in(page)]

    assert after("add goal-reward") == [["A cake", "12,5"], ["", ""], ["A biscuit", "x"]]
    assert after("up goal-reward-prize-1") == [["A biscuit", "x"], ["A cake", "12,5"]]
    assert after("down goal-reward-prize-0") == [["A biscuit", "x"], ["A cake", "12,5"]]
    assert after("nothing goal-reward") == [["A cake", "12,5"], ["A biscuit", "x"], ["Nothing this time", "87.5"]]
    assert after("fill goal-reward") == [["A cake", "12,5"], ["A biscuit", "87.5"]]
    three = drawn(cake, biscuit, prize("A pen", odds="1"))
    assert after("remove goal-reward-prize-1", three) == [["A cake", "12,5"], ["A pen", "1"]]
    for nothing in ("remove goal-reward-prize-0", "up goal-reward-prize-0", "down goal-reward-prize-7", "x", "up"):
        assert after(nothing) == [["A cake", "12,5"], ["A biscuit", "x"]]
    moved = desk.publish(**drawn(cake, biscuit), prizes="down goal-reward-prize-0")
    assert prizes_in(moved)[1].items() >= {"valid_days": ["3"], "weekdays": ["2", "5"]}.items()
    assert not Program.objects.exists()


def test_a_reward_becomes_the_first_prize_of_a_draw_and_a_reward_again(desk: DeskClient, lume: Shop) -> None:
    begun = held(desk.publish(prizes="begin milestone-0"))

    assert (begun["milestone-0-kind"], begun["milestone-0-name"]) == (["draw"], [""])
    assert begun["milestone-0-prize-0-name"] == ["A biscuit"]
    assert (begun["milestone-0-stamps"], begun["goal-reward-name"]) == (["5"], ["A free coffee"])
    ended = held(desk.publish(**begun, prizes="end milestone-0"))
    kept = {name: value for name, value in PROGRAM.items() if name.startswith("milestone-0")}
    assert {name: ended[name] for name in kept} == {name: [value] for name, value in kept.items()}
    assert ended["milestone-0-kind"] == [""]


def test_the_chances_are_told_while_they_are_typed(desk: DeskClient) -> None:
    sent = drawn(
        prize("A dinner", odds="5"), prize("A cake", odds="33.3"), prize("", odds="0"), prize("A pen", odds="?")
    )

    shown = words(desk.send("/programs/preview/", **sent))

    assert "1 in 20 (5%)" in shown
    assert "About 1 in 3 (33.3%)" in shown
    assert "Never drawn; only given when another prize has run out." in shown
    assert "38.3% so far: 61.7% are missing." in shown
    assert "A dinner: 5% A cake: 33.3% Prize: 0% A pen: 0%" in shown


def test_a_draft_keeps_its_draw_as_it_was_typed(desk: DeskClient) -> None:
    sent = drawn(prize("A cake", odds="12,5", name_lv="Kūka"), prize("", odds="x"))

    saved = desk.open(desk.publish(**sent, save="1").headers["Location"])

    first, second = prizes_in(saved)
    assert (first["name"], first["name_lv"], first["odds"]) == (["A cake"], ["Kūka"], ["12,5"])
    assert (second["name"], second["odds"]) == ([""], ["x"])
    assert "complete or correct: Prize and Chance in percent." in words(saved)


def test_a_draft_of_an_earlier_release_has_the_draw_as_it_is_published(desk: DeskClient, lume: Shop) -> None:
    offer = publish(lume, CAKE | {"odds": 5_000}, BISCUIT)
    path = desk.send(edit_of(offer), save="1", **held(desk.open(edit_of(offer)))).headers["Location"]
    draft = SavedDraft.objects.get()
    new = ("kind", "prize_rows", "minimum_age")
    kept = {name: one for name, one in draft.fields.items() if not name.endswith(new) and "prize-" not in name}
    SavedDraft.objects.update(fields=kept)

    assert [one["name"] for one in prizes_in(desk.open(path))] == [["A cake"], ["A biscuit"]]


def test_a_page_of_an_earlier_release_leaves_the_draw_as_it_is(desk: DeskClient, lume: Shop) -> None:
    offer = publish(lume, *of_one("stock", 7), minimum_age=18)
    before = offer.terms.milestones[0].reward
    form = {name: value for name, value in PROGRAM.items() if not name.startswith(("goal-reward", "milestone"))}
    reward = {"goal-reward-name": "A lucky day", "goal-reward-path": "staff_scan", "goal-reward-hours": ""}
    was = {"goal-reward-was": public_id("rwd", before.id)}

    sent = desk.send(edit_of(offer), **form | {"rows": "0"} | reward | was)

    assert sent.status_code == 302
    after = goal_of(lume)
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

    rows = say_changes(lume.merchant, before, after, compare(before, after), {})

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


def test_three_draws_of_ten_prizes_at_many_locations_are_sent_by_one_form(desk: DeskClient, lume: Shop) -> None:
    for number in range(MOST_CODE_PLACES - Location.objects.filter(merchant=lume.merchant).count()):
        Location.objects.create(merchant=lume.merchant, name=f"Branch {number}")
    offered = offered_by(lume.merchant)
    asked = dict.fromkeys(PrizeForm(merchant=lume.merchant, **offered, prefix="any").fields, "")
    ticked = {"locations": [public_id("loc", place.id) for place in offered["places"]], "weekdays": [*"1234567"]}
    sent: dict[str, Any] = {name: None for name in PROGRAM if name.startswith(("goal-reward", "milestone"))}
    for place, draw in enumerate(("milestone-0", "milestone-1", "goal-reward")):
        sent |= {f"{draw}-name": f"Surprise {place}", f"{draw}-kind": "draw", f"{draw}-prize_rows": "10"}
        for number in range(MOST_PRIZE_ROWS):
            one = asked | ticked | prize(f"Prize {number}", odds="10")
            sent |= {f"{draw}-prize-{number}-{name}": value for name, value in one.items() if name not in BOXES}
    sent |= {"rows": "2", "milestone-0-stamps": "3", "milestone-1-stamps": "6"}

    answer = desk.publish(**sent)

    assert answer.status_code == 302, words(answer)[:500]
    assert [len(milestone.reward.prizes) for milestone in present(lume).milestones] == [10, 10, 10]
    assert len(sent) > 1_000
