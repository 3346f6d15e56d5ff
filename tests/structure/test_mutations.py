"""The list of mistakes stays true to the code: each stands where the list says, and names tests that are there."""

from pathlib import Path

from tests.mutate import LIST, ROOT, read_list

MUTATIONS = list(read_list(LIST.read_text()))


def test_every_mistake_can_be_made_in_one_place() -> None:
    places = {one.name: (ROOT / "stampwell" / one.file).read_text().count(one.before) for one in MUTATIONS}

    assert {name: places for name, places in places.items() if places != 1} == {}


def test_every_mistake_has_a_name_of_its_own_and_tests_that_are_there() -> None:
    names = [one.name for one in MUTATIONS]

    assert len(set(names)) == len(names)
    assert [test for one in MUTATIONS for test in one.tests if not Path(ROOT, test.split("::")[0]).exists()] == []
