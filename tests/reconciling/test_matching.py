"""What the till says and what was shown, paired: each verdict, and that nothing is paired twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from stampwell.reconciling.matching import Finding, match
from stampwell.reconciling.scope import Scope
from stampwell.reconciling.shown import Confirmed, OurCode, Shown, Use

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OLD_TOWN, HARBOUR = UUID(int=1), UUID(int=2)
TOLERANCE = timedelta(minutes=20)
SINGLE = OurCode(key="k1", kind="one", source="pool:1")
STATIC = OurCode(key="free", kind="many", source="code:free")
SCOPE = Scope(first_day=NOON.date(), last_day=NOON.date())
_numbers = count(100)


def shown(minutes: float = 0, key: str = "k1", **more: Any) -> Shown:
    """Counted as used so many minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    ids = {name: UUID(int=next(_numbers)) for name in ("redemption_id", "voucher_id", "card_id")}
    given: dict[str, Any] = {**ids, "key": key, "at": at, "day": at.date(), **more}
    return Shown(**given)


def use(minutes: float | None = 0, key: str = "k1", **more: Any) -> Use:
    at = None if minutes is None else NOON + timedelta(minutes=minutes)
    day = at.date() if at else None
    given: dict[str, Any] = {"row": next(_numbers), "code": key.upper(), "key": key, "at": at, "day": day, **more}
    return Use(**given)


def verdicts(uses: list[Use], there: list[Shown], code: OurCode = SINGLE, scope: Scope = SCOPE) -> list[str]:
    return sorted(one.verdict for one in compare(uses, there, code, scope))


def compare(uses: list[Use], there: list[Shown], code: OurCode = SINGLE, scope: Scope = SCOPE) -> list[Finding]:
    return match(uses, {code.key: code}, there, scope=scope, tolerance=TOLERANCE)


def test_how_long_the_code_was_shown_says_how_early_the_till_may_have_seen_it() -> None:
    for plain in (SINGLE, STATIC):
        code = msgspec.structs.replace(plain, key="k1", countdown=timedelta(minutes=10))

        assert verdicts([use(0)], [shown(30)], code) == ["confirmed"]
        assert "leaked" in verdicts([use(0)], [shown(31)], code)


def test_a_code_that_was_shown_and_used_is_confirmed() -> None:
    assert verdicts([use(1)], [shown(2)]) == ["confirmed"]


def test_a_code_that_nobody_was_shown_has_leaked() -> None:
    assert verdicts([use()], []) == ["leaked"]


def test_a_code_that_was_used_before_it_was_shown_has_leaked() -> None:
    assert verdicts([use(-60)], [shown(0)]) == ["leaked", "not_used"]


def test_a_code_that_was_used_once_more_than_it_was_shown_was_used_twice() -> None:
    assert verdicts([use(0), use(200)], [shown(1)]) == ["confirmed", "twice"]


def test_another_receipt_in_a_later_report_is_a_second_use() -> None:
    told = shown(1, confirmed=Confirmed(NOON, "17"))

    assert verdicts([use(0, receipt="17")], [told]) == ["confirmed"], "the same report once more"
    assert verdicts([use(600, receipt="99")], [told]) == ["twice"]


def test_the_same_sales_in_another_report_of_the_till_are_no_second_use() -> None:
    """One report has receipts and seconds, the next only minutes, days or counts."""
    day = NOON.date()
    for code in (SINGLE, msgspec.structs.replace(STATIC, key="k1")):
        exactly = shown(1, confirmed=Confirmed(NOON + timedelta(seconds=27), "17"))
        roughly = shown(1, confirmed=Confirmed(None, ""))

        for again in (use(0), use(None, day=day), use(None)):
            assert verdicts([again], [exactly], code) == ["confirmed"], again
            assert verdicts([again, again], [exactly], code) != ["confirmed", "confirmed"], "one showing, two sales"
        assert verdicts([use(0, receipt="17")], [roughly], code) == ["confirmed"]
        assert verdicts([use(5)], [exactly], code) != ["confirmed"], "another minute"
        assert verdicts([use(None, day=day + timedelta(days=3))], [exactly], code) != ["confirmed"], "another day"


def test_a_code_of_another_location_is_told() -> None:
    code = OurCode(key="k1", kind="one", source="pool:1", places=frozenset({OLD_TOWN}))

    assert verdicts([use(location_id=HARBOUR)], [shown()], code) == ["wrong_branch"]
    assert verdicts([use(location_id=OLD_TOWN)], [shown()], code) == ["confirmed"]
    assert verdicts([use()], [shown()], code) == ["confirmed"], "the till does not say where it was"
    assert verdicts([use(location_id=HARBOUR)], [shown(location_id=OLD_TOWN)]) == ["wrong_branch"], (
        "staff took it there"
    )


def test_a_refund_in_a_later_report_is_told_where_it_names_its_receipt() -> None:
    told = shown(key="free", confirmed=Confirmed(NOON, "R1"))
    back = use(60 * 24, "free", receipt="R1", is_refund=True)

    assert verdicts([back], [told], STATIC) == ["refunded"]
    assert verdicts([back, use(60 * 24, "free")], [told], STATIC) == ["leaked", "refunded"], "it excuses no leak"
    reversed = msgspec.structs.replace(told, is_reversed=True)
    assert verdicts([back], [reversed], STATIC) == []
    assert verdicts([use(60 * 24, "free", receipt="R2", is_refund=True)], [told], STATIC) == []


def test_what_the_till_took_back_is_no_use() -> None:
    assert verdicts([use(0), use(30, is_refund=True)], [shown(1)]) == ["refunded"]
    assert verdicts([use(0), use(30, is_refund=True), use(60)], [shown(1)]) == ["confirmed"]
    assert verdicts([use(0), use(30, is_refund=True)], []) == [], "nothing was had"
    assert verdicts([use(0), use(30, is_refund=True)], [shown(1, is_reversed=True)]) == ["confirmed"]


def test_a_voucher_that_was_restored_here_and_used_there_is_told() -> None:
    assert verdicts([use(0)], [shown(1, is_reversed=True)]) == ["given_back"]
    assert verdicts([use(0)], [shown(1, is_reversed=True), shown(120)]) == ["given_back", "not_used"]


def test_what_the_till_has_not_seen_is_told_of_codes_that_the_report_names() -> None:
    there = [shown(0, "free"), shown(90, "free")]

    assert verdicts([use(0, "free")], there, STATIC) == ["confirmed", "not_used"]
    assert verdicts([], there, STATIC) == [], "the report is about other codes"


def test_of_what_lies_outside_of_the_report_nothing_is_said() -> None:
    late = Scope(first_day=NOON.date(), last_day=NOON.date(), until=NOON + timedelta(minutes=60))
    elsewhere = Scope(first_day=NOON.date(), last_day=NOON.date(), places=frozenset({HARBOUR}))

    assert verdicts([use(0, "free")], [shown(0, "free"), shown(90, "free")], STATIC, late) == ["confirmed"]
    assert verdicts([use(0, "free")], [shown(0, "free"), shown(60 * 24, "free")], STATIC) == ["confirmed"]
    assert verdicts(
        [use(0, "free")], [shown(0, "free"), shown(9, "free", location_id=OLD_TOWN)], STATIC, elsewhere
    ) == ["confirmed"]


def test_each_showing_explains_one_use_of_a_code_that_many_know() -> None:
    uses = [use(minutes, "free") for minutes in (0, 1, 2, 300)]

    assert verdicts(uses, [shown(1, "free"), shown(3, "free")], STATIC) == [
        "confirmed",
        "confirmed",
        "leaked",
        "leaked",
    ]


def test_a_till_whose_clock_is_a_little_wrong_is_understood() -> None:
    assert verdicts([use(-18, "free")], [shown(2, "free")], STATIC) == ["confirmed"]
    assert verdicts([use(19, "free")], [shown(0, "free")], STATIC) == ["confirmed"]
    assert verdicts([use(-30, "free")], [shown(0, "free")], STATIC) == ["leaked", "not_used"]


def test_a_report_of_days_is_held_against_days() -> None:
    day = NOON.date()
    uses = [use(None, "free", day=day), use(None, "free", day=day), use(None, "free", day=day)]

    assert verdicts(uses, [shown(-200, "free"), shown(200, "free")], STATIC) == ["confirmed", "confirmed", "leaked"]


def test_a_report_of_counts_is_held_against_counts() -> None:
    assert verdicts([use(None, "free"), use(None, "free")], [shown(0, "free")], STATIC) == ["confirmed", "leaked"]


def test_two_rows_of_one_receipt_may_be_two_that_were_shown() -> None:
    assert verdicts([use(0, "free", receipt="7", more=1)], [shown(0, "free"), shown(1, "free")], STATIC) == [
        "confirmed",
        "confirmed",
    ]
    assert verdicts([use(0, "free", receipt="7", more=1)], [shown(0, "free")], STATIC) == ["confirmed"]


def test_a_receipt_that_staff_noted_is_found_whatever_the_time() -> None:
    assert verdicts([use(500, "free", receipt="A7")], [shown(0, "free", receipt="A7")], STATIC) == ["confirmed"]


def test_a_code_that_is_none_of_ours_accuses_nobody() -> None:
    assert verdicts([use(key="staff20")], []) == ["unknown"]


moments = st.integers(-600, 600)
reports = st.lists(st.tuples(moments, st.sampled_from([None, OLD_TOWN, HARBOUR]), st.booleans()), max_size=25)
showings = st.lists(st.tuples(moments, st.sampled_from([None, OLD_TOWN]), st.booleans()), max_size=25)


@settings(max_examples=300, deadline=None)
@given(said=reports, there=showings, code=st.sampled_from([SINGLE, STATIC]))
def test_nothing_is_paired_twice_and_every_sale_has_a_verdict(
    said: list[tuple[int, UUID | None, bool]], there: list[tuple[int, UUID | None, bool]], code: OurCode
) -> None:
    uses = [use(at, code.key, location_id=place, is_refund=is_refund, amount=at % 3) for at, place, is_refund in said]
    some = [
        shown(at, code.key, location_id=place, is_reversed=is_back, gives=at % 3 or None)
        for at, place, is_back in there
    ]

    found = compare(uses, some, code)

    def told_in(findings: list[Finding]) -> Counter[tuple[object, ...]]:
        return Counter(
            (one.verdict, one.use and one.use.row, one.shown and one.shown.redemption_id) for one in findings
        )

    assert told_in(found) == told_in(compare(list(reversed(uses)), list(reversed(some)), code))
    pairs = [one for one in found if one.use and one.shown]
    assert all(times == 1 for times in Counter(one.use.row for one in found if one.use).values())
    assert all(
        times == 1
        for times in Counter(one.shown.redemption_id for one in found if one.shown and one.verdict != "twice").values()
    )
    sales, refunds = [one for one in uses if not one.is_refund], [one for one in uses if one.is_refund]
    told = [one for one in found if one.use]
    assert len(sales) - len(refunds) <= len(told) <= len(sales)
    kept = [one for one in some if not one.is_reversed]
    missing = [one for one in found if one.verdict == "not_used"]
    assert len(missing) <= len(kept)
    assert all(one.verdict != "wrong_branch" or not one.shown.is_reversed for one in pairs if one.shown)
