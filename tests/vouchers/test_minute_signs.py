"""The sign of the minute, by which staff tell a screen of this minute from a picture or a film of one."""

from datetime import timedelta
from uuid import uuid4

from stampwell.vouchers.checking import LIVE
from stampwell.vouchers.minute_signs import COLOURS, MINUTE, SHAPES, signs_between
from tests.moments import START

HOUR = timedelta(hours=1)
SHOP = uuid4()
SEEN = LIVE // MINUTE + 1  # minutes of which one screen may show the signs


def test_there_is_one_sign_for_each_minute_and_it_is_the_same_for_whoever_asks() -> None:
    hour = signs_between(SHOP, START, START + HOUR)

    assert [sign.begins for sign in hour] == [hour[0].begins + minute * timedelta(minutes=1) for minute in range(61)]
    assert hour[0].begins <= START < hour[1].begins
    for moment in (hour[7].begins, hour[8].begins - timedelta(microseconds=1)):
        assert signs_between(SHOP, moment, moment) == [hour[7]]


def test_no_sign_comes_again_while_a_screen_that_showed_it_still_moves() -> None:
    day = signs_between(SHOP, START, START + 24 * HOUR)

    for shown, after in zip(day, zip(*(day[ahead:] for ahead in range(1, SEEN + 1)), strict=False), strict=False):
        assert shown.shape not in [sign.shape for sign in after]
        assert shown.colour not in [sign.colour for sign in after[: SEEN - 2]]
    assert {sign.shape for sign in day} == set(SHAPES)
    assert {sign.colour for sign in day} == set(COLOURS)


def test_each_shop_has_signs_of_its_own_and_no_hour_is_like_the_one_before() -> None:
    def of(shop: object, hours: int) -> list[tuple[str, str]]:
        first = START + hours * HOUR
        return [(sign.shape, sign.colour) for sign in signs_between(shop, first, first + HOUR)]  # type: ignore[arg-type]

    seen = [of(SHOP, 0), of(SHOP, 1), of(SHOP, 24), of(uuid4(), 0)]

    assert all(one != other for place, one in enumerate(seen) for other in seen[place + 1 :])
