from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, override

from stampwell.cards.refusals import CoolingDown
from stampwell.languages.explaining import explain, show_fact
from stampwell.languages.formatting import Money
from stampwell.merchants.pins import PinLocked
from stampwell.refusal import NotFound
from stampwell.requests.limits import TooManyAttempts

RIGA = ZoneInfo("Europe/Riga")


class TooEarly(NotFound):
    """Only in this test: it has no code of its own, so it is not part of the API's promise."""

    staff_text = _("This card was stamped at %(when)s.")
    customer_text = ngettext_lazy("Come back in %(minutes)s minute.", "Come back in %(minutes)s minutes.", "minutes")
    what_to_do = _("Spend %(least)s or more.")


@pytest.mark.parametrize(("minutes", "said"), [(1, "1 minute."), (2, "2 minutes."), (1200, "1,200 minutes.")])
def test_the_facts_are_put_in_as_the_reader_writes_them(minutes: int, said: str) -> None:
    refusal = TooEarly(when=datetime(2026, 11, 22, 14, 5, tzinfo=UTC), minutes=minutes, least=Money(500, "EUR"))

    with override("en"):
        explained = explain(refusal, RIGA)

    assert explained.staff_message == "This card was stamped at 22 Nov 2026, 16:05."
    assert explained.customer_message == f"Come back in {said}"
    assert explained.what_to_do == "Spend €5.00 or more."


@pytest.mark.parametrize(
    ("hours", "said"), [(0, "today at 16:05"), (12, "yesterday at 16:05"), (36, "22 Nov 2026, 16:05")]
)
def test_a_moment_near_to_who_reads_it_is_told_as_on_every_page(hours: int, said: str) -> None:
    when = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    refusal = TooEarly(when=when, minutes=1, least=Money(500, "EUR"))

    with override("en"):
        explained = explain(refusal, RIGA, at=when + timedelta(hours=hours))

    assert explained.staff_message == f"This card was stamped at {said}."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 second"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (5399, "90 minutes"),
        (5400, "2 hours"),
        (86_400, "24 hours"),
    ],
)
def test_a_wait_is_told_in_the_unit_that_people_count_it_in(seconds: int, said: str) -> None:
    with override("en"):
        tried, locked, paused = (
            explain(kind(seconds=seconds), RIGA).what_to_do for kind in (TooManyAttempts, PinLocked, CoolingDown)
        )

    assert tried == f"Wait {said} and try again."
    assert locked.startswith(f"Wait {said}, or ask the owner")
    assert paused == f"If it is another purchase, wait {said}, or stamp anyway."


@pytest.mark.parametrize(
    ("locale", "said"),
    [("lv", "Uzgaidiet 21 stundu un mēģiniet vēlreiz."), ("et", "Oota 21 tundi ja proovi uuesti.")],
)
def test_a_wait_has_the_form_of_its_number(locale: str, said: str) -> None:
    with override(locale):
        assert explain(TooManyAttempts(seconds=21 * 3600), RIGA).what_to_do == said


def test_a_refusal_without_facts_is_its_texts() -> None:
    with override("en"):
        explained = explain(NotFound(), RIGA)

    assert (explained.code, explained.title) == ("not_found", "Not found")
    assert explained.what_to_do == "Check the link or number and try again."


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (date(2026, 11, 22), "22 November 2026"),
        (time(9, 30), "09:30"),
        (timedelta(hours=2), "2 hours"),
        (Decimal("12.5"), "12.5"),
        (1234567, "1,234,567"),
        (["Main street", "Harbour"], "Main street and Harbour"),
        ("100% & <b>", "100% & <b>"),
    ],
)
def test_each_kind_of_fact_is_shown_in_words(fact: object, said: str) -> None:
    with override("en"):
        assert str(show_fact(fact, RIGA)) == said


def test_a_yes_or_no_is_not_a_text() -> None:
    with pytest.raises(AssertionError):
        show_fact(True, RIGA)
