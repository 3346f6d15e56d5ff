import itertools
import re
import xml.etree.ElementTree as ElementTree

import pytest

from stampwell.wallet.look.design import CardDesign, UnknownIcon
from stampwell.wallet.look.drawing import HERO, STRIP, arrange_spots, draw_card_strip_svg, draw_icon_svg
from stampwell.wallet.look.stamp_icons import ICONS

DESIGN = CardDesign(background="#0f3d3e", accent="#ffd166", icon="cup")
GOALS = [1, 2, 3, 5, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100]


@pytest.mark.parametrize("stamps", [0, 1, 7, 10, 14])
def test_as_many_stamps_are_filled_as_were_earned(stamps: int) -> None:
    svg = draw_card_strip_svg(DESIGN, stamps, 10, [5])

    assert svg.count('class="stamp is-filled"') == min(stamps, 10)
    assert svg.count('class="stamp is-empty"') == max(0, 10 - stamps)


@pytest.mark.parametrize("size", [STRIP, HERO])
@pytest.mark.parametrize("goal", GOALS)
def test_stamps_neither_touch_nor_leave_the_picture(goal: int, size: tuple[float, float]) -> None:
    spots = arrange_spots(goal, size, "ltr")

    assert [spot.number for spot in spots] == list(range(1, goal + 1))
    for spot in spots:
        reach = spot.radius * 1.15  # the rim of the goal
        assert reach <= spot.x <= size[0] - reach
        assert reach <= spot.y <= size[1] - reach
    for spot, other in itertools.pairwise(spots):
        distance = ((spot.x - other.x) ** 2 + (spot.y - other.y) ** 2) ** 0.5
        assert distance > 2 * spot.radius


@pytest.mark.parametrize(("goal", "rows"), [(5, 1), (8, 2), (10, 2), (12, 2), (20, 3)])
def test_usual_goals_stand_in_even_rows(goal: int, rows: int) -> None:
    heights = [round(spot.y, 3) for spot in arrange_spots(goal, STRIP, "ltr")]

    counts = [heights.count(height) for height in sorted(set(heights))]
    assert len(counts) == rows
    assert max(counts) - min(counts) <= 1


def test_right_to_left_is_the_mirror_image() -> None:
    ltr, rtl = arrange_spots(10, STRIP, "ltr"), arrange_spots(10, STRIP, "rtl")

    assert [round(375 - spot.x, 6) for spot in rtl] == [round(spot.x, 6) for spot in ltr]
    assert rtl[0].x > rtl[1].x
    assert draw_card_strip_svg(DESIGN, 3, 10, [5], "rtl") != draw_card_strip_svg(DESIGN, 3, 10, [5], "ltr")


@pytest.mark.parametrize("icon", sorted(ICONS))
def test_drawing_is_wellformed_and_fit_for_a_strict_page(icon: str) -> None:
    design = CardDesign(background="#0f3d3e", icon=icon)

    for svg in (draw_card_strip_svg(design, 4, 10, [3, 5]), draw_icon_svg(design)):
        tree = ElementTree.fromstring(svg)
        attributes = {name for element in tree.iter() for name in element.attrib}
        tags = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in tree.iter()}
        assert tags <= {"svg", "g", "path", "circle", "ellipse", "rect"}
        assert not attributes & {"style", "id", "href", "onload"}
        assert not re.search(r"\b(INK|PAPER)\b", svg)


def test_numbers_of_empty_stamps_are_left_out_where_nobody_could_read_them() -> None:
    assert draw_card_strip_svg(DESIGN, 0, 10).count('stroke-linejoin="round">') >= 9
    crowded = draw_card_strip_svg(DESIGN, 0, 100)
    assert arrange_spots(100, STRIP, "ltr")[0].radius < 9
    assert "scale(" in crowded  # the gift of the goal stays
    assert crowded.count("<path transform") == 0


def test_milestone_is_marked_before_and_after_it_is_reached() -> None:
    for stamps in (0, 7):
        plain, marked = draw_card_strip_svg(DESIGN, stamps, 10), draw_card_strip_svg(DESIGN, stamps, 10, [5])
        gift = ICONS["gift"].split('d="')[1].split('"')[0]
        assert marked.count(gift) == plain.count(gift) + 1


def test_unknown_icon_is_refused() -> None:
    with pytest.raises(UnknownIcon):
        CardDesign(icon="../../etc/passwd")
