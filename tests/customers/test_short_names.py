"""A customer as staff at the counter see them."""

import pytest

from stampwell.customers.short_names import end_of_phone, shorten_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Anna Bērziņa", "Anna B."),
        ("Anna Marija Bērziņa-Kalniņa", "Anna M. B."),
        ("Anna", "Anna"),
        ("Қайрат Әбдіев", "Қайрат Ә."),
        ("佐藤 花子", "佐藤 …"),
        ("佐藤花子", "佐藤…"),
        ("李", "李"),
        ("Anna 佐藤", "Anna …"),
        ("", ""),
    ],
)
def test_a_name_is_shortened_as_its_script_allows(name: str, short: str) -> None:
    assert shorten_name(name) == short


@pytest.mark.parametrize(
    ("phone", "end"), [("+371 2000 7777", "7777"), ("20007777", "7777"), ("123456", ""), ("1234567", "4567"), ("", "")]
)
def test_of_a_phone_number_its_end_is_shown_where_enough_stays_hidden(phone: str, end: str) -> None:
    assert end_of_phone(phone) == end
