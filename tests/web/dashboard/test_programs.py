"""The guided form of a program."""

import io
from datetime import UTC, datetime
from re import findall
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from stampwell.clock import stopped_at
from stampwell.ids import private_id, public_id
from stampwell.merchants.models import Location, Merchant, Picture
from stampwell.programs.discount_rules import Percentage, read_rule
from stampwell.programs.limits import MOST_LOCATIONS
from stampwell.programs.models import Program, ProgramVersion
from stampwell.programs.terms import Terms, terms_of
from stampwell.redeem_codes.pools import archive_pool
from tests.redeem_codes.working import pool_of
from tests.web.dashboard.desk import PROGRAM, DeskClient, words
from tests.world import Offer, Shop

NOON = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)


def published(shop: Shop) -> Terms:
    program = Program.objects.get(merchant=shop.merchant)
    return terms_of(shop.merchant.id, program.current_version_id)


def test_the_form_publishes_the_program_as_it_was_filled_in(desk: DeskClient, lume: Shop) -> None:
    answer = desk.publish(name_lv="Kafijas karte", **{"goal-reward-name_ja": "コーヒー"})

    terms = published(lume)
    assert answer.headers["Location"] == f"/programs/{public_id('prg', terms.program_id)}/"
    assert (terms.name, terms.goal, terms.cooldown_seconds) == ({"en": "Coffee card", "lv": "Kafijas karte"}, 10, 30)
    assert [(step.stamps, step.reward.path) for step in terms.milestones] == [(5, "self_redeem"), (10, "redeem_code")]
    coffee = terms.milestones[-1].reward
    assert (coffee.name, coffee.redeem_code) == ({"en": "A free coffee", "ja": "コーヒー"}, "FREECOFFEE")
    assert terms.milestones[0].reward.valid_days == 30


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"goal-reward-code": "12345678", "goal-reward-code_format": "ean13"}, "needs exactly 13 digits"),
        ({"goal-reward-code": "ŠOKOLĀDE", "goal-reward-code_format": "code128"}, "cannot hold the character “Š”"),
        ({"goal-reward-code": ""}, "This field is required."),
        ({"milestone-0-stamps": "10"}, "This must be less than the number of stamps on the card."),
        ({"goal": "101"}, "less than or equal to 100"),
        ({"goal": "NaN"}, "Enter a whole number."),
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"earning_by": "amount"}, "Say how much a customer spends for one stamp"),
        ({"earning_by": "amount", "amount_per_stamp": "12.505"}, "Enter the amount in digits"),
        ({"earning_by": "amount", "amount_per_stamp": "-3"}, "Enter the amount in digits"),
        ({"background": "red"}, "Enter a colour like #4a2e1f"),
        ({"icon": "bomb"}, "Select a valid choice."),
        ({"goal-reward-path": "magic"}, "Select a valid choice."),
        ({"cooldown": "86401"}, "Select a valid choice."),
        ({"goal-reward-active_after": "31536001"}, "Select a valid choice."),
        ({"logo": "pic_" + "0" * 32}, "Please choose the logo again."),
        ({"logo": "../../etc/passwd"}, "Please choose the logo again."),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_published(
    desk: DeskClient, changes: dict[str, str], said: str
) -> None:
    answer = desk.publish(**changes)

    assert answer.status_code == 422
    assert said in words(answer)
    assert not Program.objects.exists()


def test_two_rewards_cannot_stand_at_one_count(desk: DeskClient) -> None:
    second = {"milestone-1-stamps": "5", "milestone-1-name": "A bun", "milestone-1-path": "staff_scan"}

    answer = desk.publish(rows="2", **second)

    assert answer.status_code == 422
    assert "There is already a reward at this number of stamps." in words(answer)


def test_a_box_that_is_sent_twice_is_ticked_once(desk: DeskClient, lume: Shop) -> None:
    boxes: dict[str, Any] = {"asks_for": ["name"] * 4, "goal-reward-weekdays": ["2"] * 7, "goal-reward-hours": ""}

    desk.publish(**boxes)

    assert (published(lume).asks_for, published(lume).milestones[-1].reward.weekdays) == (["name"], [2])


@pytest.mark.parametrize("typed", ["12,50", "12.50", " 12.5 ", "€12.50", "１２.５０"])
def test_an_amount_means_what_it_looks_like(desk: DeskClient, lume: Shop, typed: str) -> None:
    desk.publish(earning_by="amount", amount_per_stamp=typed)

    assert published(lume).amount_per_stamp == 1250


def test_the_amount_counts_in_the_merchants_own_minor_units(desk: DeskClient, lume: Shop) -> None:
    Merchant.objects.filter(id=lume.merchant.id).update(currency="JPY")

    desk.publish(earning_by="amount", amount_per_stamp="1,000")

    assert (published(lume).amount_per_stamp, published(lume).currency) == (1000, "JPY")


def test_a_reward_on_the_way_is_added_and_removed_without_a_script(desk: DeskClient) -> None:
    more = desk.publish(add="1")
    less = desk.publish(remove="milestone-0")

    assert more.content.decode().count('name="milestone-1-stamps"') == 1
    assert 'value="A biscuit"' in more.content.decode()
    assert "milestone-0-stamps" not in less.content.decode()
    assert 'value="A free coffee"' in less.content.decode()
    assert not Program.objects.exists()


def test_sent_twice_it_is_published_once(desk: DeskClient, lume: Shop) -> None:
    answers = [desk.publish(once="tap").headers["Location"] for _tap in range(2)]

    assert answers[0] == answers[1]
    assert Program.objects.count() == 1


def test_the_next_version_keeps_what_the_form_shows(desk: DeskClient, lume: Shop) -> None:
    reward = {"name": "Tea", "path": "staff_scan", "weekdays": [1, 2], "hours": [["08:00", "10:00"]]}
    offer = lume.publish(
        goal=4, milestones=[{"stamps": 4, "reward": reward}], earning={"cooldown_seconds": 45, "only_when_open": True}
    )
    path = f"/programs/{public_id('prg', offer.program.id)}/edit/"
    page = desk.open(path).content.decode()
    was = page.split('name="goal-reward-was" value="')[1].split('"')[0]

    assert 'name="goal-reward-hours" value="08:00-10:00"' in page
    assert findall(r'name="goal-reward-weekdays" value="(.)"[^>]* checked', page) == ["1", "2"]
    assert "Days: Mon, Tue · Hours: 08:00–10:00" in page
    assert findall(r'name="only_when_open"[^>]* checked', page)

    shown: dict[str, Any] = {"goal-reward-weekdays": ["1", "2"], "goal-reward-hours": "08:00-10:00"}
    shown |= {"goal-reward-path": "staff_scan", "goal-reward-was": was, "only_when_open": "on"}
    desk.publish(path, goal="6", rows="0", cooldown="45", **shown)

    terms = published(lume)
    assert (terms.number, terms.goal, terms.cooldown_seconds, terms.only_when_open) == (2, 6, 45, True)
    assert (terms.milestones[0].reward.weekdays, terms.milestones[0].reward.hours) == ([1, 2], [["08:00", "10:00"]])


def test_a_page_of_the_release_before_loses_no_term_that_it_does_not_know(desk: DeskClient, lume: Shop) -> None:
    old_town = Location.objects.create(merchant=lume.merchant, name="Old Town")
    limits = {"weekdays": [1], "hours": [["08:00", "10:00"]], "location_ids": [public_id("loc", old_town.id)]}
    limits["discount"] = {"kind": "percentage", "percent": 10}
    earning = {"minimum_spend": 500, "welcome_stamps": 2, "only_when_open": True}
    offer = lume.publish(goal=4, milestones=[{"stamps": 4, "reward": {"name": "Tea", **limits}}], earning=earning)
    was = public_id("rwd", offer.terms.milestones[0].reward.id)

    desk.publish(f"/programs/{public_id('prg', offer.program.id)}/edit/", rows="0", **{"goal-reward-was": was})

    terms, tea = published(lume), published(lume).milestones[0].reward
    assert (terms.goal, terms.minimum_spend, terms.welcome_stamps, terms.only_when_open) == (10, 500, 2, True)
    assert (tea.weekdays, tea.hours, tea.location_ids) == ([1], [["08:00", "10:00"]], [old_town.id])
    assert read_rule(tea.discount) == Percentage(percent=10)


def test_that_the_till_asks_about_the_codes_stays_where_the_form_is_published(desk: DeskClient, lume: Shop) -> None:
    code = {"kind": "api", "format": "code39"}
    reward = {"name": "Tea", "path": "redeem_code", "redeem_code": code}
    offer = lume.publish(goal=4, milestones=[{"stamps": 4, "reward": reward}])
    edit, was = f"/programs/{public_id('prg', offer.program.id)}/edit/", offer.terms.milestones[0].reward.id
    page = desk.open(edit).content.decode()

    empty = {"goal-reward-pool": "api", "goal-reward-code": "", "goal-reward-code_format": ""}
    desk.publish(edit, rows="0", **empty, **{"goal-reward-was": public_id("rwd", was)})

    assert '<option value="api" selected>A code for each voucher, checked here when the till asks</option>' in page
    (tea,) = (step.reward for step in published(lume).milestones)
    assert (published(lume).number, tea.redeem_code_kind, tea.redeem_code_format) == (2, "api", "code39")
    assert "each voucher has its own" in words(desk.open(edit.replace("edit", "test-print")))


def test_for_how_long_a_code_is_shown_is_chosen_and_stays_where_nobody_asks(desk: DeskClient, lume: Shop) -> None:
    desk.publish(**{"goal-reward-countdown": "10"})
    terms = published(lume)
    edit = f"/programs/{public_id('prg', terms.program_id)}/edit/"
    was = {"goal-reward-was": public_id("rwd", terms.milestones[-1].reward.id)}

    page = desk.open(edit).content.decode()
    refused = desk.publish(edit, **was, **{"goal-reward-countdown": "16"})
    desk.publish(edit, **was)  # as a page of the release before sends it

    assert '<option value="10" selected>10 minutes</option>' in page
    assert "Select a valid choice." in refused.content.decode()
    assert published(lume).number == 2
    assert published(lume).milestones[-1].reward.countdown_minutes == 10


def test_a_program_of_more_rewards_than_the_form_adds_keeps_them(desk: DeskClient, lume: Shop) -> None:
    steps = [{"stamps": count, "reward": {"name": f"Bun {count}"}} for count in range(1, 21)]
    offer = lume.publish(goal=20, milestones=steps)
    page = desk.open(path := f"/programs/{public_id('prg', offer.program.id)}/edit/").content.decode()
    rewards = {
        f"milestone-{row}-{name}": value
        for row in range(19)
        for name, value in {"stamps": str(row + 1), "name": f"Bun {row + 1}", "path": "staff_scan"}.items()
    }

    assert 'name="rows" value="19"' in page
    desk.publish(path, rows="19", goal="20", **rewards)

    assert (published(lume).number, [step.stamps for step in published(lume).milestones]) == (2, [*range(1, 21)])


def test_a_smallest_purchase_stays_where_visits_are_counted(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish(earning={"minimum_spend": 500})
    path = f"/programs/{public_id('prg', offer.program.id)}/edit/"

    assert 'name="minimum_spend" value="5.00"' in desk.open(path).content.decode()
    desk.publish(path, minimum_spend="5.00", goal="9")

    assert (published(lume).earning_by, published(lume).minimum_spend) == ("visit", 500)


def test_welcome_stamps_are_fewer_than_the_card_has(desk: DeskClient, lume: Shop) -> None:
    refused = desk.publish(welcome_stamps="10")
    desk.publish(welcome_stamps="2")
    path = f"/programs/{public_id('prg', published(lume).program_id)}/edit/"

    assert "A new card has to begin with fewer stamps than a full card has: 10." in words(refused)
    assert published(lume).welcome_stamps == 2
    assert 'name="welcome_stamps" value="2"' in desk.open(path).content.decode()


def test_days_hours_and_locations_of_a_reward_are_chosen(desk: DeskClient, lume: Shop) -> None:
    old_town = Location.objects.create(merchant=lume.merchant, name="Old Town")
    limits: dict[str, Any] = {
        "goal-reward-weekdays": ["1", "2", "3", "4", "5"],
        "goal-reward-hours": "8–11, １４:00-16",
        "goal-reward-locations": [public_id("loc", old_town.id)],
        "milestone-0-weekdays": [str(day) for day in range(1, 8)],
    }

    preview = desk.send("/programs/preview/", **(PROGRAM | limits))
    desk.publish(**limits)

    biscuit, coffee = (step.reward for step in published(lume).milestones)
    assert (coffee.weekdays, coffee.hours) == ([1, 2, 3, 4, 5], [["08:00", "11:00"], ["14:00", "16:00"]])
    assert coffee.location_ids == [old_town.id]
    assert (biscuit.weekdays, biscuit.hours, biscuit.location_ids) == ([], [], [])
    assert "Days: Mon–Fri Hours: 08:00–11:00 or 14:00–16:00 Where: Old Town" in words(preview)
    line = 'id="goal-reward-limits-said" hx-swap-oob="true">Days: Mon–Fri · Hours'
    assert line in preview.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"goal-reward-hours": "morning"}, "These hours cannot be read: morning."),
        (
            {"goal-reward-hours": ",".join(f"{hour}:00-{hour}:30" for hour in range(8, 19))},
            "These hours cannot be read",
        ),
        ({"goal-reward-weekdays": ["8"]}, "Select a valid choice."),
        ({"goal-reward-locations": ["loc_" + "0" * 32]}, "Select a valid choice."),
        ({"minimum_spend": "much"}, "Enter the amount in digits"),
    ],
)
def test_a_limit_that_cannot_be_read_is_shown_open(desk: DeskClient, changes: dict[str, Any], said: str) -> None:
    answer = desk.publish(**changes)

    assert answer.status_code == 422
    assert said in words(answer)
    assert "<details open>" in answer.content.decode()
    assert not Program.objects.exists()
    assert desk.send("/programs/preview/", **(PROGRAM | changes)).status_code == 200


def test_more_locations_than_a_reward_can_name_are_refused_beside_them(desk: DeskClient, lume: Shop) -> None:
    places = Location.objects.bulk_create(
        Location(merchant=lume.merchant, name=f"Branch {number}") for number in range(MOST_LOCATIONS + 1)
    )
    ticked = [public_id("loc", place.id) for place in places]

    for prefix in ("goal-reward", "milestone-0"):
        changes: dict[str, Any] = {f"{prefix}-locations": ticked}
        refused = desk.publish(**changes)
        assert refused.status_code == 422
        assert "Tick at most 200 locations, or none for all of them." in words(refused)
        assert desk.send("/programs/preview/", **(PROGRAM | changes)).status_code == 200
    twice_each: dict[str, Any] = {"goal-reward-locations": [*ticked[1:], *ticked[1:]]}
    desk.publish(**twice_each)

    assert len(published(lume).milestones[-1].reward.location_ids) == MOST_LOCATIONS


def test_a_closed_location_stays_where_it_was_chosen_and_is_offered_no_longer(desk: DeskClient, lume: Shop) -> None:
    places = [Location.objects.create(merchant=lume.merchant, name=name) for name in ("Old Town", "Harbour")]
    reward = {"name": "Tea", "location_ids": [public_id("loc", places[0].id)]}
    offer = lume.publish(goal=4, milestones=[{"stamps": 4, "reward": reward}])
    Location.objects.filter(id__in=[place.id for place in places]).update(closed=NOON)

    page = words(desk.open(f"/programs/{public_id('prg', offer.program.id)}/edit/"))

    assert ("Old Town" in page, "Harbour" in page) == (True, False)


@pytest.mark.moment(NOON)
def test_a_reward_may_end_with_a_day_of_the_shop(desk: DeskClient, lume: Shop) -> None:
    with stopped_at(NOON):
        desk.publish(**{"goal-reward-last_day": "2026-12-24"})
        page = desk.open(f"/programs/{public_id('prg', published(lume).program_id)}/edit/").content.decode()

    assert published(lume).milestones[-1].reward.valid_until == datetime(2026, 12, 24, 22, 0, tzinfo=UTC)
    assert 'name="goal-reward-last_day" value="2026-12-24"' in page


def test_a_reward_may_be_for_the_next_visit(desk: DeskClient, lume: Shop) -> None:
    preview = desk.send("/programs/preview/", **(PROGRAM | {"goal-reward-active_after": "next_visit"}))
    desk.publish(**{"goal-reward-active_after": "next_visit"})
    edit = f"/programs/{public_id('prg', published(lume).program_id)}/edit/"
    page = desk.open(edit).content.decode()

    assert "You can use it from your next visit on a later day." in words(preview)
    reward = published(lume).milestones[-1].reward
    assert (reward.from_next_visit, reward.active_after_seconds) == (True, 0)
    assert '<option value="next_visit" selected>' in page


def test_that_a_reward_needs_a_manager_is_set_and_stays_where_nobody_asks(desk: DeskClient, lume: Shop) -> None:
    def needs_manager() -> bool:
        return published(lume).milestones[-1].reward.needs_manager

    asked = {"goal-reward-path": "staff_scan", "goal-reward-remind_days_before": ""}
    desk.publish(**asked, **{"goal-reward-needs_manager": "on"})
    edit = f"/programs/{public_id('prg', published(lume).program_id)}/edit/"
    was = {"goal-reward-was": public_id("rwd", published(lume).milestones[-1].reward.id)}
    page, first = desk.open(edit).content.decode(), needs_manager()

    desk.publish(edit, **was, **{"goal-reward-path": "staff_scan"})  # as a page of the release before sends it
    kept = needs_manager()
    desk.publish(edit, **was, **asked)

    assert findall(r'name="goal-reward-needs_manager"[^>]* checked', page)
    assert (first, kept, needs_manager()) == (True, True, False)


def test_a_reminder_is_set_and_stays_where_nobody_asks(desk: DeskClient, lume: Shop) -> None:
    desk.publish(**{"goal-reward-remind_days_before": "3"})
    edit = f"/programs/{public_id('prg', published(lume).program_id)}/edit/"
    was = {"goal-reward-was": public_id("rwd", published(lume).milestones[-1].reward.id)}

    page = desk.open(edit).content.decode()
    refused = desk.publish(edit, **was, **{"goal-reward-remind_days_before": "31"})
    desk.publish(edit, **was)  # as a page of the release before sends it
    kept = published(lume).milestones[-1].reward.remind_days_before
    desk.publish(edit, **was, **{"goal-reward-remind_days_before": ""})

    assert 'name="goal-reward-remind_days_before" value="3"' in page
    assert refused.status_code == 422
    assert (kept, published(lume).milestones[-1].reward.remind_days_before) == (3, None)


def test_days_of_grace_are_set_and_stay_where_nobody_asks(desk: DeskClient, lume: Shop) -> None:
    desk.publish(**{"goal-reward-grace_days": "3"})
    edit = f"/programs/{public_id('prg', published(lume).program_id)}/edit/"
    was = {"goal-reward-was": public_id("rwd", published(lume).milestones[-1].reward.id)}

    page = desk.open(edit).content.decode()
    refused = desk.publish(edit, **was, **{"goal-reward-grace_days": "31"})
    desk.publish(edit, **was)  # as a page of the release before sends it

    assert 'name="goal-reward-grace_days" value="3"' in page
    assert refused.status_code == 422
    assert (published(lume).number, published(lume).milestones[-1].reward.grace_days) == (2, 3)


@pytest.mark.moment(NOON)
def test_a_reward_may_begin_with_a_day_of_the_shop(desk: DeskClient, lume: Shop) -> None:
    with stopped_at(NOON):
        desk.publish(**{"goal-reward-first_day": "2026-12-24"})
        reward = published(lume).milestones[-1].reward
        edit = f"/programs/{public_id('prg', published(lume).program_id)}/edit/"
        page = desk.open(edit).content.decode()
        desk.publish(edit, **{"goal-reward-was": public_id("rwd", reward.id)})  # as the release before sends it

    assert reward.active_from == datetime(2026, 12, 23, 22, 0, tzinfo=UTC)
    assert 'name="goal-reward-first_day" value="2026-12-24"' in page
    assert "You can use it from: 24 Dec 2026" in page
    assert (published(lume).number, published(lume).milestones[-1].reward.active_from) == (2, reward.active_from)


@pytest.mark.parametrize(
    ("last_day", "end"),
    [
        ("2026-12-24", datetime(2026, 12, 24, 15, 30, tzinfo=UTC)),  # as the API set it
        ("2026-12-25", datetime(2026, 12, 25, 22, 0, tzinfo=UTC)),
        ("", None),
    ],
)
@pytest.mark.moment(NOON)
def test_an_end_within_a_day_stays_until_another_day_is_chosen(
    desk: DeskClient, lume: Shop, last_day: str, end: datetime | None
) -> None:
    with stopped_at(NOON):
        tea = {"name": "Tea", "valid_until": "2026-12-24T15:30:00Z"}
        offer = lume.publish(goal=4, milestones=[{"stamps": 4, "reward": tea}])
        was = public_id("rwd", offer.terms.milestones[-1].reward.id)
        fields = {"path": "staff_scan", "was": was, "last_day": last_day}
        path = f"/programs/{public_id('prg', offer.program.id)}/edit/"
        desk.publish(path, goal="4", rows="0", **{f"goal-reward-{name}": value for name, value in fields.items()})

    terms = published(lume)
    assert (terms.number, terms.milestones[-1].reward.valid_until) == (2, end)


@pytest.mark.parametrize(
    ("last_day", "said"),
    [
        ("2026-11-15", "The reward expires before any of its days and hours come round"),
        ("9999-12-31", "less than or equal to"),
        ("24.12.", "Enter a valid date."),
    ],
)
@pytest.mark.moment(NOON)
def test_a_last_day_on_which_nobody_could_use_the_reward_is_refused(desk: DeskClient, last_day: str, said: str) -> None:
    with stopped_at(NOON):
        answer = desk.publish(**{"goal-reward-last_day": last_day})

    assert answer.status_code == 422
    assert said in words(answer)
    assert not Program.objects.exists()


def test_changing_says_that_cards_keep_their_terms(desk: DeskClient, offer: Offer) -> None:
    page = desk.open(f"/programs/{public_id('prg', offer.program.id)}/edit/")

    assert "Cards in use keep the current terms until their round is full." in words(page)
    assert 'value="Coffee card"' in page.content.decode()


def test_the_preview_draws_an_unfinished_form(desk: DeskClient) -> None:
    answer = desk.send(
        "/programs/preview/", name="<b>Kūka</b>", goal="6", background="#ffffff", accent="#fffffe", rows="9e9"
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "&lt;b&gt;Kūka&lt;/b&gt;" in page
    assert page.count('class="stamp is-filled"') == 6  # three of six, in the wallet and on the web page
    assert "This stamp colour is hard to see on this card" in page


def test_the_preview_says_who_confirms_the_use_of_a_reward(desk: DeskClient) -> None:
    preview = desk.send("/programs/preview/", **(PROGRAM | {"goal-reward-path": "self_redeem"}))

    assert "You confirm its use yourself on your phone, at the counter." in words(preview)


def test_the_preview_says_what_a_reward_takes_off(desk: DeskClient, lume: Shop) -> None:
    """No field of the form asks for it, so it is that of the reward as published."""
    tea = {"name": "Tea", "discount": {"kind": "percentage", "percent": 10, "minimum_spend": 500}}
    offer = lume.publish(goal=4, milestones=[{"stamps": 4, "reward": tea}])
    was = public_id("rwd", offer.terms.milestones[0].reward.id)

    preview = desk.send("/programs/preview/", **(PROGRAM | {"goal-reward-was": was}))

    assert "It takes 10% off the purchase. For purchases of €5.00 or more." in words(preview)
    assert "off the purchase" not in words(desk.send("/programs/preview/", **PROGRAM))


def test_the_preview_shows_the_code_that_the_till_will_read(desk: DeskClient) -> None:
    fits = desk.publish("/programs/preview/")
    does_not = desk.publish("/programs/preview/", **{"goal-reward-code_format": "ean8"})

    assert "Redeem code as the till will read it" in fits.content.decode()
    assert "EAN-8 cannot hold the character “F”." in words(does_not)


def picture(size: tuple[int, int], kind: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "#aa3300").save(out, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", out.getvalue())


def test_a_logo_is_drawn_anew_as_png_and_belongs_to_the_shop(desk: DeskClient, lume: Shop) -> None:
    desk.publish(logo_file=picture((300, 120), "JPEG"))

    logo = published(lume).design["logo"]
    stored = Picture.objects.get(merchant=lume.merchant)
    assert private_id("pic", logo) == stored.id
    assert Image.open(io.BytesIO(bytes(stored.content))).format == "PNG"
    shown = desk.open(f"/logos/{logo}.png")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>"), "not a PNG, JPEG or WebP picture"),
        (SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 3_000_000), "at most 2 megabytes"),
        (picture((10, 10)), "needs at least 32 pixels"),
        (picture((5000, 40)), "4,096 pixels on each side"),
    ],
)
def test_what_is_no_logo_is_refused_beside_its_field(desk: DeskClient, upload: SimpleUploadedFile, said: str) -> None:
    upload.seek(0)

    answer = desk.publish(logo_file=upload)

    assert answer.status_code == 422
    assert said in words(answer)
    assert not Picture.objects.exists()


def test_a_chosen_logo_survives_adding_a_row(desk: DeskClient) -> None:
    answer = desk.publish(add="1", logo_file=picture((64, 64)))

    logo = public_id("pic", Picture.objects.get().id)
    assert f'name="logo" value="{logo}"' in answer.content.decode()


def test_the_logo_is_removed_and_nothing_is_published_by_that(desk: DeskClient, lume: Shop) -> None:
    desk.publish(logo_file=picture((64, 64)))
    logo = str(published(lume).design["logo"])
    edit = f"/programs/{public_id('prg', Program.objects.get().id)}/edit/"
    assert "Remove the logo" in words(desk.open(edit))

    page = desk.publish(edit, logo=logo, remove="logo")

    assert "Remove the logo" not in words(page)
    assert f'name="logo" value="{logo}"' not in page.content.decode()
    assert published(lume).design["logo"] == logo

    desk.publish(edit, logo="")
    assert not published(lume).design.get("logo")


def test_a_logo_chosen_anew_stays_when_the_old_one_is_removed(desk: DeskClient) -> None:
    page = desk.publish(remove="logo", logo_file=picture((64, 64)))

    assert f'name="logo" value="{public_id("pic", Picture.objects.get().id)}"' in page.content.decode()


def test_a_logo_of_a_rival_is_refused(desk: DeskClient, rossi: Shop) -> None:
    theirs = Picture.objects.create(merchant=rossi.merchant, content=b"png")

    answer = desk.publish(logo=public_id("pic", theirs.id))

    assert answer.status_code == 422
    assert not ProgramVersion.objects.exists()


def test_poster_and_join_code_come_as_files(desk: DeskClient, offer: Offer) -> None:
    base = f"/programs/{public_id('prg', offer.program.id)}/"

    files = {path: desk.open(base + path) for path in ("poster-ja.pdf", "join-code.png", "join-code.svg")}

    starts = [bytes(answer.content[:4]) for answer in files.values()]
    assert starts == [b"%PDF", b"\x89PNG", b"<svg"]
    assert desk.open(base + "poster-xx.pdf").status_code == 404
    assert desk.open(base + "join-code.exe").status_code == 404


def test_the_page_of_a_program_shows_its_link(desk: DeskClient, offer: Offer, lume: Shop) -> None:
    page = desk.open(f"/programs/{public_id('prg', offer.program.id)}/")

    assert f"/j/{lume.merchant.slug}/coffee-card" in page.content.decode()


def test_the_owner_is_told_what_the_poster_leaves_out(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish()
    page = f"/programs/{public_id('prg', offer.program.id)}/"
    assert "cannot be printed" not in words(desk.open(page))

    Merchant.objects.filter(id=lume.merchant.id).update(name="한글 Café ☕")

    told = "These letters cannot be printed, so the poster is without them: 한 글"
    assert told in words(desk.open(page))


def test_a_reward_has_its_codes_from_a_list_that_is_chosen(desk: DeskClient, lume: Shop) -> None:
    old, pool = pool_of(lume, name="Old till"), pool_of(lume, name="New till", code_format="ean13")
    archive_pool(lume.merchant, old.id, actor=lume.actor)
    chosen = public_id("cdp", pool.id)

    desk.publish(**{"goal-reward-pool": chosen, "goal-reward-code": "", "goal-reward-code_format": ""})

    coffee = published(lume).milestones[-1].reward
    assert (coffee.redeem_code_kind, coffee.pool_id, coffee.redeem_code) == ("pool", pool.id, "")
    assert coffee.redeem_code_format == "ean13"
    page = desk.open(f"/programs/{public_id('prg', published(lume).program_id)}/edit/").content.decode()
    assert f'<option value="{chosen}" selected>New till</option>' in page
    assert "Old till" not in page


def test_a_list_that_is_archived_meanwhile_is_refused_with_what_to_do(desk: DeskClient, lume: Shop) -> None:
    pool = pool_of(lume)
    archive_pool(lume.merchant, pool.id, actor=lume.actor)
    changes = {"goal-reward-pool": public_id("cdp", pool.id), "goal-reward-code": ""}

    assert "Choose another list, or make a new one." in words(desk.publish(**changes))
    assert "Select a valid choice." in words(desk.publish(**{"goal-reward-pool": "cdp_" + "0" * 32}))
    assert not Program.objects.exists()
