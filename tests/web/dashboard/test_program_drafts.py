"""Drafts of programs: kept as they were typed, right or wrong, and published by an act of its own."""

from html import unescape
from re import DOTALL, findall
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.events.models import DeskChange, Event
from stampwell.ids import private_id, public_id
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.programs import saved_drafts
from stampwell.programs.models import Program, SavedDraft
from stampwell.programs.publishing import publish_program
from stampwell.programs.terms import Terms, terms_of
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.programs.draft import draft_of
from stampwell.web.dashboard.programs.sheet import posted_sheet
from tests.web.api.client import ApiClient
from tests.web.api.conftest import api as api
from tests.web.dashboard.desk import PROGRAM, Answer, DeskClient, sign_up_staff, words
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
UNFINISHED = {"name": "Tea card", "goal": "ten", "goal-reward-name": "", "goal-reward-path": "staff_scan"}


def save(desk: DeskClient, path: str = "/programs/new/", **changes: Any) -> str:
    """The address of the draft."""
    answer = desk.publish(path, save="1", **changes)
    assert answer.status_code == 302, words(answer)
    return answer.headers["Location"]


def edit_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}/edit/"


def held(page: Answer) -> dict[str, Any]:
    """What a browser sends of the form of a page."""
    text = page.content.decode().split('id="program-form"')[1]
    fields: dict[str, Any] = {}
    for tag in findall(r"<input [^>]*>", text):
        found = {name: unescape(value) for name, value in findall(r'([\w-]+)="([^"]*)"', tag)}
        is_box = found.get("type") in ("radio", "checkbox")
        is_off = is_box and " checked" not in tag
        if "name" in found and not is_off and found.get("type") != "file":
            fields.setdefault(found["name"], []).append(found.get("value", "on" if is_box else ""))
    for name, options in findall(r'<select name="([^"]+)".*?>(.*?)</select>', text.replace("\n", "")):
        fields[name] = findall(r'<option value="([^"]*)" selected', options)
    for name, typed in findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', text, flags=DOTALL):
        fields[name] = [unescape(typed)]
    return {name: value for name, value in fields.items() if name not in ("once", "csrfmiddlewaretoken")}


def present(shop: Shop) -> Terms:
    program = Program.objects.get(merchant=shop.merchant)
    return terms_of(shop.merchant.id, program.current_version_id)


def test_what_is_unfinished_is_kept_as_it_was_typed_and_says_what_is_missing(desk: DeskClient, lume: Shop) -> None:
    events = Event.objects.count()

    draft = desk.open(save(desk, **UNFINISHED, asks_for=["name", "email"], daily_cap="-1"))

    sent = held(draft)
    assert (draft.status_code, sent["name"], sent["goal"], sent["daily_cap"]) == (200, ["Tea card"], ["ten"], ["-1"])
    assert (sent["asks_for"], sent["milestone-0-name"]) == (["name", "email"], ["A biscuit"])
    said = words(draft)
    assert "complete or correct: Stamps on the card, Maximum stamps per day and Reward." in said
    assert "Enter a whole number." in said
    assert (Program.objects.count(), Event.objects.count()) == (0, events)


def test_a_draft_is_finished_later_and_published_once(desk: DeskClient, lume: Shop) -> None:
    sent = held(desk.open(save(desk, **UNFINISHED)))
    later = held(desk.open(save(desk, **sent | {"goal": "8", "goal-reward-name": "A pot of tea"})))
    assert SavedDraft.objects.count() == 1

    answers = [desk.send("/programs/new/", once="tap", **later) for _tap in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert (present(lume).name, present(lume).goal) == ({"en": "Tea card"}, 8)
    assert not SavedDraft.objects.exists()


def test_a_draft_that_was_complete_says_so_and_is_what_the_form_would_publish(desk: DeskClient, lume: Shop) -> None:
    boxes: dict[str, Any] = {"goal-reward-weekdays": ["2", "5"], "only_when_open": "on", "name_lv": "Tējas karte"}
    path = save(desk, **boxes)
    assert "It is complete and can be published." in words(desk.open(path))
    draft, form = held(desk.open(path)), posted_sheet(_query(PROGRAM | boxes), lume.merchant)

    desk.send("/programs/new/", **draft)

    assert form.is_valid(Desk(lume.merchant, lume.ada))
    typed = publish_program(lume.merchant, draft_of(form, lume.merchant, None), actor=lume.actor)
    ours = Offer(lume, typed.program).terms
    saved = Offer(lume, Program.objects.exclude(id=typed.program.id).get()).terms
    assert saved.name == ours.name == {"en": "Coffee card", "lv": "Tējas karte"}
    assert (saved.only_when_open, ours.only_when_open) == (True, True)
    assert saved.milestones[-1].reward.weekdays == ours.milestones[-1].reward.weekdays == [2, 5]


def test_a_refusal_of_publishing_is_told_of_the_draft(desk: DeskClient) -> None:
    said = words(desk.open(save(desk, welcome_stamps="10")))

    assert "complete or correct: Stamps on a new card." in said
    assert "Give fewer welcome stamps, or make the card larger." in said


def test_drafts_are_listed_for_those_who_manage_and_nobody_joins_them(
    desk: DeskClient, lume: Shop, rossi: Shop, api: ApiClient
) -> None:
    first, second = save(desk), save(desk, **UNFINISHED)

    listed = words(desk.open("/programs/"))
    seen_by_staff = words(sign_up_staff(lume, StaffMember.Role.CASHIER).open("/programs/"))

    assert listed.index("Drafts Tea card New program") < listed.index("Coffee card New program")
    assert ("Drafts" in seen_by_staff, first == second) == (False, False)
    assert DeskClient(rossi.owner).open(first).status_code == 404
    assert "Drafts" not in words(DeskClient(rossi.owner).open("/programs/"))
    assert api.get("/programs").json["items"] == []
    assert Client().get(f"/j/{lume.merchant.slug}/tea-card").status_code == 404


def test_the_list_asks_as_much_for_many_drafts_as_for_one(
    desk: DeskClient, lume: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    offer = lume.publish()
    save(desk, edit_of(offer))
    desk.open("/programs/")
    with CaptureQueriesContext(connection) as one:
        desk.open("/programs/")
    asked = len(one)
    for _more in range(3):
        save(desk, edit_of(lume.publish(name="Tea card")))
    desk.open("/programs/")  # terms are read once

    with django_assert_num_queries(asked):
        desk.open("/programs/")


def test_a_draft_of_changes_stands_beside_what_is_published(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish()
    page = desk.open(edit_of(offer))
    before = present(lume)

    draft = save(desk, edit_of(offer), **held(page) | {"goal": "8"})

    program = words(desk.open(f"/programs/{public_id('prg', offer.program.id)}/"))
    assert "Drafts Coffee card Changes to Coffee card" in program
    assert present(lume) == before
    assert held(desk.open(draft))["goal"] == ["8"]
    assert f'action="{edit_of(offer)}"' in desk.open(draft).content.decode()


def test_the_sheet_opens_from_a_draft_and_can_be_put_off_again(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish()
    offer.card()
    draft = save(desk, edit_of(offer), **held(desk.open(edit_of(offer))) | {"goal": "8"})

    sheet = desk.send(edit_of(offer), **held(desk.open(draft)))
    sent = {
        name: unescape(value) for name, value in findall(r'hidden" name="(\S+)" value="(.*?)"', sheet.content.decode())
    }
    sent.pop("once")
    again = save(desk, edit_of(offer), **dict.fromkeys(PROGRAM) | sent)

    assert ("Check before you publish" in words(sheet), again, SavedDraft.objects.count()) == (True, draft, 1)
    assert f'href="{draft}"' in sheet.content.decode()
    desk.send(edit_of(offer), **held(desk.open(draft)), apply="everybody")
    assert (present(lume).goal, SavedDraft.objects.count()) == (8, 0)


def test_terms_that_were_published_meanwhile_are_told_and_lose_nothing_that_no_form_shows(
    desk: DeskClient, lume: Shop
) -> None:
    code = {"kind": "static", "code": "4711", "format": "ean13", "barcode_template": "2{code}"}
    code |= {"format": "code128"}
    reward = {"name": "Tea", "path": "redeem_code", "redeem_code": code}
    offer = lume.publish(goal=4, milestones=[{"stamps": 4, "reward": reward}])
    draft = save(desk, edit_of(offer), **dict.fromkeys(PROGRAM) | held(desk.open(edit_of(offer))))
    desk.publish(edit_of(offer), **dict.fromkeys(PROGRAM) | held(desk.open(edit_of(offer))) | {"goal": "5"})
    assert present(lume).goal == 5

    page = desk.open(draft)
    desk.send(edit_of(offer), **held(page))

    assert "Publishing it replaces them." in words(page)
    assert (present(lume).number, present(lume).goal) == (3, 4)
    assert present(lume).milestones[-1].reward.barcode_template == "2{code}"


def test_of_two_who_save_one_draft_nobody_overwrites_the_other(desk: DeskClient, lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)
    path = save(desk)
    ours, theirs = held(desk.open(path)), held(bo.open(path))
    save(desk, **ours | {"name": "Ours"})

    beside = save(bo, **theirs | {"name": "Theirs"})

    assert beside != path
    assert "so yours was saved as a second one" in words(bo.open(beside))
    assert (held(desk.open(path))["name"], held(desk.open(beside))["name"]) == (["Ours"], ["Theirs"])
    assert "Bo ·" in words(desk.open(beside))


def test_what_another_has_saved_since_outlives_the_publishing(desk: DeskClient, lume: Shop) -> None:
    path = save(desk)
    old = held(desk.open(path))
    save(desk, **old | {"name": "Newer"})

    desk.send("/programs/new/", **old)

    assert held(desk.open(path))["name"] == ["Newer"]


def test_saved_twice_by_two_taps_it_is_one_draft(desk: DeskClient) -> None:
    assert len({desk.publish(save="1", once="tap").headers["Location"] for _tap in range(2)}) == 1
    assert SavedDraft.objects.count() == 1


def test_a_draft_is_deleted_by_two_taps_and_what_was_open_is_saved_anew(desk: DeskClient, lume: Shop) -> None:
    path = save(desk)
    open_page = held(desk.open(path))

    answers = [desk.send(f"{path}delete/", once="tap").status_code for _tap in range(2)]

    assert (answers, desk.open(path).status_code) == ([302, 302], 404)
    assert save(desk, **open_page) != path
    kinds = DeskChange.objects.filter(merchant=lume.merchant).order_by("id").values_list("kind", "name")
    assert list(kinds) == [
        ("program.drafted", "Coffee card"),
        ("program.draft_deleted", "Coffee card"),
        ("program.drafted", "Coffee card"),
    ]


def test_a_shop_keeps_so_many_drafts_and_no_more(desk: DeskClient, lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_drafts, "MOST_DRAFTS", 1)
    path = save(desk)

    refused = desk.publish(save="1", name="Tea card")

    assert "There are already as many drafts as a shop can keep." in words(refused)
    assert held(refused)["name"] == ["Tea card"]
    assert save(desk, **held(desk.open(path)) | {"name": "Changed"}) == path


def test_a_draft_of_an_earlier_release_begins_its_new_fields_as_a_new_form_does(desk: DeskClient, lume: Shop) -> None:
    path = save(desk)
    draft = SavedDraft.objects.get()
    kept = {name: values for name, values in draft.fields.items() if not name.endswith(("cooldown", "_format", "icon"))}
    SavedDraft.objects.update(fields=kept | {"of_another_release": ["x"]})

    page = desk.open(path)

    assert "It is complete and can be published." in words(page)
    sent = held(page)
    assert (sent["cooldown"], sent["icon"], sent["goal-reward-code_format"]) == (["30"], ["cup"], ["qr"])


def test_a_draft_of_changes_begins_its_new_fields_as_they_are_published(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish(earning={"by": "visit", "cooldown_seconds": 3600, "daily_cap": 3, "only_when_open": True})
    path = save(desk, edit_of(offer), **dict.fromkeys(PROGRAM) | held(desk.open(edit_of(offer))))
    draft = SavedDraft.objects.get()
    new = ("cooldown", "daily_cap", "only_when_open", "milestone-0-path")
    SavedDraft.objects.update(fields={name: values for name, values in draft.fields.items() if name not in new})

    sent = held(desk.open(path))

    assert (sent["cooldown"], sent["daily_cap"], sent["only_when_open"]) == (["3600"], ["3"], ["on"])


def test_a_text_stays_in_its_language_when_the_shop_changes_its_own(desk: DeskClient, lume: Shop) -> None:
    path = save(desk, name_lv="Kafijas karte")
    Merchant.objects.filter(id=lume.merchant.id).update(locale="lv")

    sent = held(desk.open(path))

    assert (sent["name"], sent["name_en"]) == (["Kafijas karte"], ["Coffee card"])
    assert sent["goal-reward-name_en"] == ["A free coffee"]


def test_a_form_that_names_no_draft_of_ours_is_saved_as_a_new_one(desk: DeskClient) -> None:
    known = save(desk).split("/")[-2]
    marks = [("x", "1"), ("drf_" + "0" * 32, "1"), (known, "-1"), (known, "٣"), (known, "9" * 40)]

    drafts = {save(desk, draft=mark, draft_revision=revision) for mark, revision in marks}

    assert (len(drafts), SavedDraft.objects.count()) == (len(marks), len(marks) + 1)


def test_a_rivals_draft_is_neither_overwritten_nor_dropped(desk: DeskClient, rossi: Shop) -> None:
    theirs = save(DeskClient(rossi.owner), name="Theirs")
    mark: dict[str, Any] = {"draft": theirs.split("/")[-2], "draft_revision": "1"}

    save(desk, **mark, name="Ours")
    desk.publish(**mark)

    kept = SavedDraft.objects.get(merchant=rossi.merchant)
    assert (kept.id, kept.name) == (private_id("drf", mark["draft"]), "Theirs")


def test_nothing_that_is_typed_breaks_the_saving(desk: DeskClient, lume: Shop) -> None:
    places: dict[str, Any] = {"goal-reward-locations": ["x"] * 300}
    path = save(desk, name="\0" + "ž" * 5_000, goal="\0", rows="999999", **places)

    page = desk.open(path)

    assert page.status_code == 200
    assert len(SavedDraft.objects.get().name) == 200
    assert "at most 60 characters" in words(page)


def _query(fields: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
