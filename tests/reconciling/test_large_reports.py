"""A report that is too large for us, in whatever way, is refused before it is in memory."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from stampwell.programs.limits import MOST_MONEY
from stampwell.reconciling import reading, receiving
from stampwell.reconciling.choice import Choice
from stampwell.reconciling.reading import MOST_USES
from stampwell.reconciling.refusals import ReportTooLong, TooManyReports
from stampwell.reconciling.till_lines import LONGEST_CELL, MOST_CODES, LineReader, Manner, TillLine, Wrong
from stampwell.reconciling.uses import Places, uses_of
from stampwell.redeem_codes.formats import FORMATS, LONGEST_CODE
from tests.reconciling.working import ask, compare, found_of, hand_in, line_of, report_of, rows_kept, show_one, work
from tests.web.customer import AT_ONCE
from tests.world import Shop

CHOICE = Choice(columns=["code", "count"], encoding="utf-8", separator=",")
FILE = "code,times used\nA,1\n"
PLACES = Places(by_name={}, zones={}, own_zone=ZoneInfo("Europe/Riga"))


def read(cells: list[str], columns: list[str]) -> list[TillLine]:
    manner = Manner(columns=columns, date_order="", decimal=".", digits=2)
    return LineReader(columns, manner, None).read(2, cells)


@pytest.mark.parametrize("count", [MOST_USES // 2 + 1, 1_000_000])
def test_uses_that_a_row_only_counts_are_counted_before_they_are_made(count: int) -> None:
    rows = [TillLine(row=row, code="A", key="a", said=None, count=count) for row in (2, 3)]

    with pytest.raises(ReportTooLong):
        uses_of(rows, CHOICE, PLACES, None)


@pytest.mark.django_db
def test_more_uses_than_can_be_compared_are_refused_and_not_cut_off(
    lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = hand_in(lume, "code,times used\nA,1000000\n")
    ask(lume, report)
    work(lume, report)
    assert (found_of(lume, report).step, found_of(lume, report).problem) == ("failed", "report_too_long")

    monkeypatch.setattr(reading, "MOST_USES", 3)
    many = hand_in(lume, "code,times used\nA;B,1\nC|D,1\n")
    ask(lume, many)
    work(lume, many)
    assert (found_of(lume, many).step, found_of(lume, many).problem) == ("failed", "report_too_long")


@pytest.mark.parametrize(
    "cell",
    [
        f"A{' ' * 130_000}B",
        "A," * (LONGEST_CELL // 2) + "A",
        ",".join(f"A{number}" for number in range(MOST_CODES + 1)),
        "A" * (LONGEST_CODE + 1),
    ],
    ids=["blanks", "long", "many", "a long one"],
)
def test_a_cell_with_more_than_the_codes_of_a_receipt_is_no_code(cell: str) -> None:
    with pytest.raises(Wrong) as wrong:
        read([cell, "1"], ["code", "count"])

    assert wrong.value.fault == "code"


def test_every_code_that_we_show_can_be_read_again() -> None:
    assert max(form.limit for form in FORMATS.values()) == LONGEST_CODE
    for code in ("A" * LONGEST_CODE, "3E81"):  # 3E+81 would be what a spreadsheet makes of a number
        (line,) = read([code, "1"], ["code", "count"])
        assert line.code == code


def test_more_money_than_anybody_can_pay_is_no_amount() -> None:
    (line,) = read(["A", str(MOST_MONEY // 100)], ["code", "amount"])
    assert line.amount == MOST_MONEY

    for cells in (["A", "9" * 15], ["A", f"{MOST_MONEY // 100}.01"]):
        with pytest.raises(Wrong) as wrong:
            read(cells, ["code", "amount"])
        assert wrong.value.fault == "amount"


@pytest.mark.django_db
def test_a_long_code_that_was_never_shown_is_kept_as_it_is(lume: Shop) -> None:
    code = "A" * LONGEST_CODE
    reward = {
        "name": {"en": "A free coffee"},
        "path": "redeem_code",
        "redeem_code": {"kind": "static", "code": code, "format": "qr"},
    }
    used = show_one(lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}], earning=AT_ONCE))

    found = compare(lume, report_of(line_of(code, used.at), line_of(code, used.at + timedelta(hours=2))))

    assert found.counts == {"confirmed": 1, "leaked": 1}
    assert rows_kept(lume, "code") == [(code,)]


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [{"MOST_WAITING": 2}, {"LARGEST_WAITING": 2 * len(FILE)}], ids=["files", "bytes"])
def test_files_that_nobody_compares_fill_no_disk(
    lume: Shop, limit: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in limit.items():
        monkeypatch.setattr(receiving, name, most)
    first, _second = hand_in(lume, FILE), hand_in(lume, FILE)
    with pytest.raises(TooManyReports):
        hand_in(lume, FILE)

    ask(lume, first)
    work(lume, first)

    hand_in(lume, FILE)
