"""A shop says who is responsible for it, once."""

from stampwell.events.models import DeskChange
from stampwell.merchants.imprint import ImprintText, change_imprint, read_imprint
from stampwell.merchants.imprint_models import Imprint
from tests.world import Shop


def test_what_was_said_last_stands_there_and_the_change_is_noted(lume: Shop) -> None:
    assert read_imprint(lume.merchant.id) == ImprintText()
    first = ImprintText(legal_name="Lume", legal_form="SIA", address="Brīvības 1\nRīga")

    for text in (first, ImprintText(legal_name="Lume", link="https://lume.example/privacy")):
        change_imprint(lume.merchant, text, actor=lume.actor)

    assert read_imprint(lume.merchant.id) == ImprintText(legal_name="Lume", link="https://lume.example/privacy")
    assert Imprint.objects.count() == 1
    changes = list(DeskChange.objects.order_by("id").values_list("kind", "before", "after"))
    assert [kind for kind, *_fields in changes] == ["shop.changed", "shop.changed"]
    assert changes[1][1:] == (
        {"legal_form": "SIA", "address": "Brīvības 1\nRīga", "link": ""},
        {"legal_form": "", "address": "", "link": "https://lume.example/privacy"},
    )


def test_what_stays_as_it_was_is_no_change(lume: Shop) -> None:
    for _time in range(2):
        change_imprint(lume.merchant, ImprintText(email="hello@lume.example"), actor=lume.actor)

    assert DeskChange.objects.count() == 1
