"""The file of a month proves its draws; whatever is changed in it is found, and said of the draw that it is about."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from stampwell.draws.following import faults_between
from stampwell.draws.proof import DrawProof, PrizeTable
from stampwell.draws.seeds import PARTS, commitment_of
from stampwell.draws.verifying import Verdict, verify
from stampwell.management.draw_proof import main
from tests.draws.months import PRIZES, a_month, two_months, with_draw

MONTH = a_month()
CAPPED = next(place for place, draw in enumerate(MONTH.draws) if draw.why == "day")
SOLD_OUT = next(place for place, draw in enumerate(MONTH.draws) if draw.why == "stock")
A_CAKE = next(place for place, draw in enumerate(MONTH.draws) if draw.given == 0)
FIRST, SECOND = two_months()
LAST_DAY = MONTH.draws[-1].seed_day
ON_LAST_DAY = MONTH.draws[-1].at + timedelta(hours=1)


def changed(place: int, **changes: object) -> Callable[[DrawProof], DrawProof]:
    return lambda proof: with_draw(proof, place, **changes)


def test_a_month_of_draws_is_proven() -> None:
    assert verify(MONTH) == Verdict(draws=160, open=0, faults=[])


OTHER_CHAIN = replace(MONTH.chains[0], commitment=commitment_of(b"2" * 32).hex())

CHANGES: dict[str, Callable[[DrawProof], DrawProof]] = {
    "another value": changed(3, value=(MONTH.draws[3].value + 1) % PARTS),
    "another card": changed(3, card_id="crd_" + "f" * 32),
    "another prize than its value means": changed(A_CAKE, drawn=2, given=2),
    "the rest instead of the prize, as if none were left": changed(A_CAKE, given=2, why="stock"),
    "a prize beyond the limit of the day": changed(CAPPED, given=1, why=""),
    "a prize of which none is left": changed(SOLD_OUT, given=0, why=""),
    "the seed of another day": changed(3, seed_day=LAST_DAY),
    "a draw that repeats one which stands": changed(3, repeats=2),
    "a draw that is left out": lambda proof: replace(proof, draws=[*proof.draws[:3], *proof.draws[4:]]),
    "a draw that is put in between": lambda proof: replace(proof, draws=[*proof.draws[:3], *proof.draws[2:]]),
    "other draws before": lambda proof: replace(proof, before=1),
    "another seed": lambda proof: replace(proof, seeds=proof.seeds | {LAST_DAY: "00" * 32}),
    "no seed at all": lambda proof: replace(proof, seeds=proof.seeds | {LAST_DAY: "none"}),
    "another commitment": lambda proof: replace(proof, chains=[replace(proof.chains[0], commitment="00" * 32)]),
    "other odds": lambda proof: replace(proof, tables={"rwd_1": PrizeTable(prizes=PRIZES[::-1])}),
    "odds that are more than 100 %": lambda proof: replace(
        proof, tables={"rwd_1": PrizeTable(prizes=[*PRIZES, PRIZES[2]])}
    ),
    "no table": lambda proof: replace(proof, tables={}),
    "a prize that is none": changed(3, given=7),
    "a commitment of its own for days that have one": lambda proof: replace(
        proof, chains=[*proof.chains, replace(OTHER_CHAIN, begins=proof.draws[0].seed_day)]
    ),
    "a commitment without an end": lambda proof: replace(proof, chains=[replace(proof.chains[0], days=10**12)]),
    "a draw that was taken back before it was made": changed(3, taken_back_after=2),
    "a draw of another month": changed(159, day=date(2026, 12, 1)),
    "a day that goes back": changed(159, day=MONTH.draws[0].day),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_is_found(change: str) -> None:
    assert verify(CHANGES[change](MONTH)).faults


def test_the_fault_names_its_draw() -> None:
    assert verify(with_draw(MONTH, CAPPED, given=1, why="")).faults == [
        f"Draw {CAPPED + 1}: what it had to give was “a biscuit”, for no more of the drawn one were left that day."
    ]


def test_a_draw_that_was_taken_back_and_reached_again_has_the_same_value() -> None:
    """The prize goes back to the others, and the card gets what its value means when it comes again."""
    first = MONTH.draws[A_CAKE]
    again = replace(first, number=161, at=MONTH.draws[-1].at, day=LAST_DAY, repeats=first.number)
    taken_back = with_draw(MONTH, A_CAKE, taken_back_after=160)

    assert verify(replace(taken_back, draws=[*taken_back.draws, again])).faults == []
    while_it_stands = verify(replace(MONTH, draws=[*MONTH.draws, again])).faults
    assert while_it_stands[0] == f"Draw 161 is not what draw {first.number} was, which it repeats."
    twice = replace(again, number=162)
    drawn_twice = verify(replace(taken_back, draws=[*taken_back.draws, again, twice])).faults
    assert drawn_twice[0] == "Draw 162 is for a milestone whose draw 161 was not taken back."
    as_new = replace(again, repeats=None)
    assert verify(replace(taken_back, draws=[*taken_back.draws, as_new])).faults[0].startswith("Draw 161 is not by")


def test_a_prize_that_was_taken_back_is_among_the_others_from_the_next_draw_on() -> None:
    """And not for the draws between."""
    sold_out = MONTH.draws[SOLD_OUT]
    taken_back_before = with_draw(MONTH, A_CAKE, taken_back_after=SOLD_OUT)
    taken_back_after = with_draw(MONTH, A_CAKE, taken_back_after=SOLD_OUT + 1)

    assert f"Draw {sold_out.number}: what it had to give was “a cake”." in verify(taken_back_before).faults
    assert not any(f"Draw {sold_out.number}:" in fault for fault in verify(taken_back_after).faults)


def test_what_was_given_in_the_months_before_counts() -> None:
    half = len(MONTH.draws) // 2
    cakes = sum(draw.given == 0 for draw in MONTH.draws[:half])
    second = replace(MONTH, draws=MONTH.draws[half:], before=half, given_before={"a cake": cakes})

    assert verify(second).faults == []
    assert verify(replace(second, given_before={})).faults
    assert verify(replace(second, given_before={"a cake": cakes, "a coffee": -1})).faults
    assert verify(replace(second, given_before={"a cake": cakes, "a coffee": half})).faults


EARLIER: dict[str, dict[str, object]] = {
    "a number of this month": {"number": 81},
    "a seed of another day": {"seed_day": SECOND.draws[0].seed_day},
    "another value": {"value": (SECOND.earlier[0].value + 1) % PARTS},
    "another prize": {"drawn": 2, "given": 2},
    "the last prize without a reason": {"given": 2},
    "a day of this month": {"day": SECOND.draws[0].day},
}


@pytest.mark.parametrize("change", EARLIER)
def test_whatever_is_changed_of_the_months_before_is_found(change: str) -> None:
    assert verify(SECOND).faults == []

    assert verify(replace(SECOND, earlier=[replace(SECOND.earlier[0], **EARLIER[change])])).faults


def test_draws_of_a_day_that_is_not_over_are_proven_later() -> None:
    told = {day: seed for day, seed in MONTH.seeds.items() if day != LAST_DAY}

    assert verify(replace(MONTH, seeds=told, made_at=ON_LAST_DAY)) == Verdict(draws=160, open=8, faults=[])


def test_a_seed_that_is_left_out_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    """Told or not: a file that was made after a day has its seed."""
    told = {day: seed for day, seed in MONTH.seeds.items() if day != LAST_DAY}
    the_day_after = replace(MONTH, seeds=told, made_at=ON_LAST_DAY + timedelta(days=1))

    assert verify(the_day_after).faults == [
        f"The seed of {LAST_DAY} is left out, though that day was over when the file was made."
    ]
    pretended = replace(MONTH, made_at=ON_LAST_DAY - timedelta(days=2))
    assert verify(pretended).faults == ["Draw 153 is of a later day than the file."]


def test_the_command_says_what_is_wrong_and_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, none = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "none.json"
    good.write_bytes(msgspec.json.encode(MONTH))
    bad.write_bytes(msgspec.json.encode(with_draw(MONTH, 3, value=PARTS - 1, drawn=2, given=2)))
    none.write_text("{}")

    assert main(["verify", str(good)]) == 0
    assert f"{good}: draws of 2026-11: 160. Proven, if the commitments below are the shop's: 160.\n" in (
        capsys.readouterr().out
    )
    assert main(["verify", str(good), str(bad)]) == 1
    assert "Draw 4: its value must be " in capsys.readouterr().out
    assert main(["verify", str(none), str(tmp_path / "gone.json")]) == 1
    told = capsys.readouterr().err
    assert "does not hold the draws of a month" in told
    assert "cannot be read" in told


def test_the_command_tells_what_cannot_be_proven_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "today.json"
    told = {day: seed for day, seed in MONTH.seeds.items() if day < LAST_DAY}
    file.write_bytes(msgspec.json.encode(replace(MONTH, seeds=told, made_at=ON_LAST_DAY)))

    assert main(["verify", str(file)]) == 0
    says = f": 152. Their seeds were not told yet when the file was made, on {ON_LAST_DAY:%Y-%m-%d}: 8."
    assert says in capsys.readouterr().out


def test_a_file_by_made_up_seeds_is_told_by_its_commitment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "made-up.json"
    file.write_bytes(msgspec.json.encode(MONTH))

    main(["verify", str(file)])

    told = capsys.readouterr().out
    assert bytes.fromhex(MONTH.chains[0].commitment).hex(" ", 2) in told
    assert "a file alone proves nothing" in told


def test_months_that_follow_each_other_fit_together() -> None:
    assert verify(FIRST).faults == []
    assert faults_between(FIRST, SECOND) == []
    assert faults_between(SECOND, replace(SECOND, made_at=SECOND.made_at + timedelta(days=1))) == []


APART: dict[str, tuple[DrawProof, str]] = {
    "fewer draws before": (replace(SECOND, before=79), "its file says 79"),
    "draws of no file": (replace(SECOND, before=90), "The draws from 81 to 90 are in none of these files"),
    "fewer prizes before": (replace(SECOND, given_before={}), "its file counts"),
    "another commitment": (replace(SECOND, chains=[OTHER_CHAIN]), "Two commitments are for the same days"),
    "another table": (replace(SECOND, tables={"rwd_1": PrizeTable(prizes=PRIZES[::-1])}), "The table rwd_1"),
    "another draw": (replace(SECOND, earlier=[replace(SECOND.earlier[0], card_id="crd_1")]), "is another one"),
    "a milestone that is drawn anew": (
        with_draw(SECOND, 5, card_id=FIRST.draws[0].card_id),
        "Draw 86: its milestone was drawn before",
    ),
}


@pytest.mark.parametrize("change", APART)
def test_months_that_do_not_follow_each_other_are_found(change: str) -> None:
    second, told = APART[change]

    faults = faults_between(FIRST, second)

    assert any(told in fault for fault in faults), faults


def test_the_command_holds_files_against_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / f"{month}.json" for month in (10, 11, 9)]
    short = replace(FIRST, draws=FIRST.draws[:-1])
    for file, proof in zip(files, (FIRST, SECOND, short), strict=True):
        file.write_bytes(msgspec.json.encode(proof))

    assert main(["verify", str(files[1]), str(files[0])]) == 0
    assert main(["verify", str(files[1]), str(files[2])]) == 1
    assert "The files do not fit together." in capsys.readouterr().out
