from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import get_currency_precision, list_currencies
from django.template import Context, Template
from django.utils.translation import override

from stampwell.languages.formatting import (
    Money,
    format_chart_day,
    format_choice,
    format_date,
    format_distance,
    format_duration,
    format_exact_moment,
    format_list,
    format_moment,
    format_money,
    format_near_moment,
    format_number,
    format_percent,
    format_short_date,
    format_time,
    format_weekdays,
    minor_digits,
    name_weekday,
)
from stampwell.languages.period_names import format_change

TASHKENT, RIGA = ZoneInfo("Asia/Tashkent"), ZoneInfo("Europe/Riga")
AFTERNOON = datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC)
LOCALES = ("en", "lv", "et", "uz", "kk", "ja")


def in_each(function: object, *args: object, **named: object) -> dict[str, str]:
    said = {}
    for locale in LOCALES:
        with override(locale):
            said[locale] = function(*args, **named).replace("\xa0", " ").replace("\u202f", " ")  # type: ignore[operator]
    return said


def test_dates_read_as_people_write_them() -> None:
    assert in_each(format_date, date(2026, 11, 22)) == {
        "en": "22 November 2026",
        "lv": "2026. gada 22. novembris",
        "et": "22. november 2026",
        "uz": "22-noyabr, 2026",
        "kk": "2026 ж. 22 қараша",
        "ja": "2026年11月22日",
    }
    assert in_each(format_short_date, date(2026, 11, 22)) == {
        "en": "22 Nov",
        "lv": "22. nov.",
        "et": "22. nov",
        "uz": "22-noy",
        "kk": "22 қар.",
        "ja": "11月22日",
    }
    assert in_each(format_chart_day, date(2026, 11, 2)) == {
        "en": "2 Nov",
        "lv": "2. nov.",
        "et": "2. nov",
        "uz": "2-noy",
        "kk": "2 қар.",
        "ja": "11/2",
    }


def test_a_moment_reads_as_people_write_it() -> None:
    assert in_each(format_moment, datetime(2026, 12, 5, 9, 5, tzinfo=UTC), TASHKENT) == {
        "en": "5 Dec 2026, 14:05",
        "lv": "2026. gada 5. dec. 14:05",
        "et": "5. dets 2026 14:05",
        "uz": "5-dek, 2026, 14:05",
        "kk": "2026 ж. 5 жел., 14:05",
        "ja": "2026/12/05 14:05",
    }


def test_the_clock_is_that_of_the_place() -> None:
    assert set(in_each(format_time, AFTERNOON, TASHKENT).values()) == {"19:05"}
    assert set(in_each(format_time, time(9, 0)).values()) == {"09:00", "9:00"}
    with override("en"):
        assert format_moment(AFTERNOON, TASHKENT) == "22 Nov 2026, 19:05"
        assert format_exact_moment(AFTERNOON, TASHKENT) == "22 Nov 2026, 19:05:09"
        assert format_date(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), RIGA) == "23 November 2026"


def test_a_moment_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError):
        format_moment(AFTERNOON.replace(tzinfo=None), RIGA)
    with pytest.raises(AssertionError):
        format_date(AFTERNOON)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (AFTERNOON - timedelta(hours=1), "today at 15:05"),
        (AFTERNOON + timedelta(hours=7), "today at 23:05"),
        (AFTERNOON + timedelta(hours=8), "tomorrow at 00:05"),
        (AFTERNOON - timedelta(hours=20), "yesterday at 20:05"),
        (AFTERNOON - timedelta(days=3), "19 Nov 2026, 16:05"),
    ],
)
def test_near_moments_are_said_by_the_day_of_the_place(when: datetime, said: str) -> None:
    with override("en"):
        assert format_near_moment(when, RIGA, now=AFTERNOON) == said


def test_distances_and_durations() -> None:
    assert in_each(format_distance, AFTERNOON + timedelta(days=3), now=AFTERNOON) == {
        "en": "in 3 days",
        "lv": "pēc 3 dienām",
        "et": "3 päeva pärast",
        "uz": "3 kundan keyin",
        "kk": "3 күннен кейін",
        "ja": "3日後",
    }
    with override("lv"):
        assert format_distance(AFTERNOON - timedelta(seconds=130), now=AFTERNOON) == "pirms 2 minūtēm"
        assert format_duration(timedelta(seconds=30)) == "30 sekunžu"
    with override("ja"):
        assert format_duration(timedelta(seconds=30)) == "30秒"


def test_numbers_and_shares() -> None:
    assert in_each(format_number, 1_234_567.5) == {
        "en": "1,234,567.5",
        "lv": "1 234 567,5",
        "et": "1 234 567,5",
        "uz": "1 234 567,5",
        "kk": "1 234 567,5",
        "ja": "1,234,567.5",
    }
    with override("kk"):
        assert [format_percent(share) for share in (0.425, 0.42, 1, 0)] == ["42,5%", "42%", "100%", "0%"]


@pytest.mark.parametrize(
    ("locale", "money", "said"),
    [
        ("en", Money(1250, "EUR"), "€12.50"),
        ("lv", Money(1250, "EUR"), "12,50 €"),
        ("lv", Money(123_456_789, "EUR"), "1 234 567,89 €"),
        ("et", Money(-50, "EUR"), "−0,50 €"),
        ("ja", Money(500, "JPY"), "￥500"),
        ("uz", Money(1_500_000, "UZS"), "15 000 soʻm"),
        ("uz", Money(1_500_050, "UZS"), "15 000,50 soʻm"),
        ("kk", Money(120_000, "KZT"), "1 200 ₸"),
        ("kk", Money(120_001, "KZT"), "1 200,01 ₸"),
        ("en", Money(12_500, "SEK"), "SEK125"),
        ("lv", Money(1_200, "EUR"), "12,00 €"),
        ("en", Money(12_050, "RSD"), "RSD120.50"),
        ("en", Money(12_000, "RSD"), "RSD120"),
        ("en", Money(1_234, "BHD"), "BHD1.234"),
    ],
)
def test_amounts_come_from_minor_units(locale: str, money: Money, said: str) -> None:
    with override(locale):
        assert format_money(money).replace("\xa0", " ") == said


def test_minor_units_are_those_of_iso_4217() -> None:
    assert [minor_digits(currency) for currency in ("EUR", "JPY", "KWD", "RSD", "IQD", "UZS")] == [
        2,
        0,
        3,
        2,
        3,
        2,
    ]
    assert {get_currency_precision(currency) for currency in list_currencies("en")} <= {0, 2, 3, 4}


def test_lists_and_weekdays() -> None:
    assert in_each(format_weekdays, {0, 1, 2, 3, 4, 6}) == {
        "en": "Mon–Fri, Sun",
        "lv": "pirmd.–piektd., svētd.",
        "et": "E–R, P",
        "uz": "Dush–Jum, Yak",
        "kk": "дс–жм, жс",
        "ja": "月～金、日",
    }
    with override("en"):
        assert [format_weekdays(days) for days in ([], [6], [0, 1], range(7))] == [
            "",
            "Sun",
            "Mon, Tue",
            "Mon–Sun",
        ]
        assert format_list(["A", "B", "C"]) == "A, B and C"
        assert format_choice(["A", "B"]) == "A or B"
    assert in_each(name_weekday, 0) == {
        "en": "Monday",
        "lv": "Pirmdiena",
        "et": "Esmaspäev",
        "uz": "Dushanba",
        "kk": "Дүйсенбі",
        "ja": "月曜日",
    }


def test_templates_say_the_same() -> None:
    template = Template(
        "{% load formats %}{{ when|format_moment:zone }}|{{ money|format_money }}"
        "|{{ 1250|format_money:'EUR' }}|{{ share|format_percent }}|{{ days|format_weekdays }}"
        "|{{ when|format_time:'Europe/Riga' }}"
    )
    facts = {
        "when": AFTERNOON,
        "zone": TASHKENT,
        "money": Money(500, "JPY"),
        "share": 0.5,
        "days": [0, 1, 2],
    }

    with override("et"):
        said = template.render(Context(facts))

    assert said.replace("\xa0", " ") == "22. nov 2026 19:05|500 ¥|12,50 €|50%|E–K|16:05"


@pytest.mark.parametrize("locale", ["en", "lv", "et", "uz", "kk", "ja"])
def test_below_nothing_stands_a_minus_sign_and_no_hyphen(locale: str) -> None:
    with override(locale):
        shown = [format_number(-1), format_percent(-0.5), format_money(Money(-50, "EUR")), format_change(-1)]

    assert ["−" in one and "-" not in one for one in shown] == [True] * 4
