"""Whoever goes back to a form that was sent, and changes it, learns that it was sent, and sends it again."""

from typing import Any

import pytest

from stampwell.ids import public_id
from stampwell.merchants.models import ApiKey, Location, StaffMember, Station
from tests.web.dashboard.desk import DeskClient, page_of, words
from tests.world import Shop

PLACE = {"time_zone": "Europe/Riga", "opening": "always"}
PERSON = {"role": "cashier", "pin": "2580"}
FORMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "/team/devices/new/": (Station, {}),
    "/settings/keys/new/": (ApiKey, {"scopes": ["cards:read"], "location": ""}),
    "/settings/locations/new/": (Location, PLACE),
    "/team/people/new/": (StaffMember, PERSON),
}


@pytest.mark.parametrize("path", FORMS)
def test_what_is_added_has_the_first_details_until_the_form_is_sent_with_a_new_key(
    desk: DeskClient, lume: Shop, path: str
) -> None:
    table, fields = FORMS[path]
    if path == "/team/devices/new/":
        fields = {"location": public_id("loc", lume.location.id)}
    desk.send(path, once="form", name="First", **fields)

    again = desk.send(path, once="form", name="Second", **fields)

    assert again.status_code == 422
    assert "This form was already sent, with other details. Look at what was saved." in words(again)
    assert 'value="Second"' in again.content.decode()
    assert [*table.objects.filter(name__in=["First", "Second"]).values_list("name", flat=True)] == ["First"]
    desk.send(path, name="Second", **fields)
    assert table.objects.filter(name="Second").count() == 1


def test_a_program_is_published_once_for_a_form(desk: DeskClient, lume: Shop) -> None:
    desk.publish(once="form")

    again = desk.publish(once="form", name="Tea card")

    assert again.status_code == 422
    assert "This form was already sent, with other details." in words(again)


def test_a_card_is_stamped_once_for_a_form(desk: DeskClient, lume: Shop) -> None:
    card = lume.publish().card()
    desk.send(f"{page_of(card)}stamps/", once="form", count="1")

    again = desk.send(f"{page_of(card)}stamps/", once="form", count="2")

    assert "This form was already sent, with other details." in words(again)
    assert card.row.stamps == 1


@pytest.mark.parametrize("key", ["a\0b", "\0", "x" * 5_000, "Ā" * 300])
def test_whatever_stands_where_the_key_should_be_breaks_nothing(desk: DeskClient, lume: Shop, key: str) -> None:
    card = lume.publish().card()

    answer = desk.send(f"{page_of(card)}stamps/", once=key, count="1")

    assert answer.status_code == 302
    assert card.row.stamps == 1
