"""The redeem code of a reward in the guided form: the barcode's content, and codes that the till asks about."""

from typing import Any

import pytest

from stampwell.ids import public_id
from stampwell.programs.models import Program
from stampwell.programs.terms import RewardTerms, terms_of
from stampwell.redeem_codes.formats import draw_code
from tests.web.dashboard.desk import PROGRAM, DeskClient, words
from tests.web.dashboard.test_program_drafts import held
from tests.world import Shop

pytestmark = pytest.mark.django_db
LINK = "https://shop.example/discount/{code}?ref=card"


def coffee(shop: Shop) -> RewardTerms:
    program = Program.objects.get(merchant=shop.merchant)
    return terms_of(shop.merchant.id, program.current_version_id).milestones[-1].reward


def by_code(**fields: str) -> dict[str, Any]:
    return {f"goal-reward-{name}": value for name, value in fields.items()}


def test_what_stands_in_the_barcode_is_set_in_the_form_and_drawn_at_once(desk: DeskClient, lume: Shop) -> None:
    preview = desk.send("/programs/preview/", **(PROGRAM | by_code(in_barcode=LINK)))
    edit = desk.publish(**by_code(in_barcode=LINK)).headers["Location"] + "edit/"

    assert coffee(lume).barcode_template == LINK
    assert draw_code("https://shop.example/discount/FREECOFFEE?ref=card", "qr") in preview.content.decode()
    assert "FREECOFFEE What the customer shows at the till" in words(preview)
    assert desk.send(edit, **held(desk.open(edit))).status_code == 302
    assert (coffee(lume).barcode_template, coffee(lume).redeem_code) == (LINK, "FREECOFFEE")


def test_a_page_of_the_release_before_loses_nothing_of_the_barcode(desk: DeskClient, lume: Shop) -> None:
    edit = desk.publish(**by_code(in_barcode=LINK)).headers["Location"] + "edit/"
    was = public_id("rwd", coffee(lume).id)

    desk.publish(edit, **by_code(was=was))
    kept = coffee(lume).barcode_template
    desk.publish(edit, **by_code(was=public_id("rwd", coffee(lume).id), in_barcode=""))

    assert (kept, coffee(lume).barcode_template) == (LINK, "{code}")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"in_barcode": "https://shop.example/"}, "Write {code} in the place of the code."),
        ({"in_barcode": "{code}{code}"}, "Write {code} in the place of the code."),
        ({"in_barcode": "{code} {name}"}, "Write {code} in the place of the code."),
        ({"in_barcode": "L:{code}", "code_format": "ean13"}, "EAN-13 cannot hold the character “L”."),
        ({"in_barcode": "x" * 200 + "{code}"}, "QR stays readable on a phone up to 150 characters"),
        ({"in_barcode": "x" * 300 + "{code}"}, "at most 300 characters"),
        ({"pool": "api", "code": "", "code_format": "ean13"}, "EAN-13 cannot hold the character “K”."),
    ],
)
def test_what_a_till_could_not_read_is_refused_in_the_form_and_told_at_once(
    desk: DeskClient, fields: dict[str, str], said: str
) -> None:
    preview = desk.send("/programs/preview/", **(PROGRAM | by_code(**fields)))
    refused = desk.publish(**by_code(**fields))

    assert (preview.status_code, refused.status_code) == (200, 422)
    assert said in words(refused)
    assert "Redeem code as the till will read it" not in preview.content.decode()
    assert not Program.objects.exists()


def test_a_code_that_is_shown_as_text_has_no_barcode(desk: DeskClient, lume: Shop) -> None:
    desk.publish(**by_code(code_format="text", in_barcode="{no}"))

    assert (coffee(lume).redeem_code_format, coffee(lume).barcode_template) == ("text", "{code}")


def test_codes_that_the_till_asks_about_are_chosen_in_the_form(desk: DeskClient, lume: Shop) -> None:
    new = desk.open("/programs/new/")
    asked = by_code(pool="api", code="", code_format="code39")
    preview = desk.send("/programs/preview/", **(PROGRAM | asked))
    program = desk.publish(**asked).headers["Location"]

    assert (
        '<option value="api">A code for each voucher, checked here when the till asks</option>' in new.content.decode()
    )
    assert "Only for a till that is connected through the API and asks here before it takes a code." in words(new)
    assert draw_code("7K2M9QXAB4T", "code39") in preview.content.decode()
    assert "7K2M 9QXA B4T" in words(preview)
    assert (coffee(lume).redeem_code_kind, coffee(lume).redeem_code_format) == ("api", "code39")
    assert "The till, which asks here first" in words(desk.open(program))
    assert desk.send(f"{program}edit/", **held(desk.open(f"{program}edit/"))).status_code == 302
    assert (coffee(lume).redeem_code_kind, coffee(lume).redeem_code_format) == ("api", "code39")
