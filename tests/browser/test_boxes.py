"""A test judges by pixels that people see, not by the parts of a pixel that a browser counts in."""

from pathlib import Path

from tests.browser.boxes import Box

HERE = Path(__file__).parent


def test_a_part_of_a_pixel_decides_nothing() -> None:
    button = Box(276.00006103515625, 10.0, 43.99993896484375, 44.0)

    assert button.is_tappable()
    assert button.is_within(320)
    assert button.is_where(Box(276.0, 10.0, 44.0, 44.00006))
    assert button.is_right_of(Box(0.0, 10.0, 276.0001, 44.0))


def test_a_whole_pixel_does() -> None:
    button = Box(277.0, 10.0, 43.0, 44.0)

    assert not button.is_tappable()
    assert not button.is_within(319)
    assert not button.is_where(Box(276.0, 10.0, 43.0, 44.0))
    assert not button.is_right_of(Box(0.0, 10.0, 278.0, 44.0))


def test_every_box_is_asked_for_with_that_room() -> None:
    asking = {path.name for path in HERE.glob("*.py") if ".bounding_box()" in path.read_text()}

    assert asking - {"test_boxes.py"} == {"boxes.py"}
