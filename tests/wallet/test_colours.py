import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stampwell.wallet.look.colours import NotAColour, blended, contrast, parse_colour, readable_on, rgb, softened
from stampwell.wallet.look.design import CardDesign, palette_of

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#ffffff", "#000000", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#0000ff", 2.15)],
)
def test_contrast_is_the_one_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert round(contrast(one, other), 2) == ratio


@given(colours)
def test_text_reads_on_every_background(background: str) -> None:
    foreground = readable_on(background)

    assert contrast(foreground, background) >= 4.5
    assert contrast(softened(foreground, background, least=3.0), background) >= 3.0


@given(background=colours, foreground=st.none() | colours, accent=st.none() | colours)
def test_whatever_the_owner_chooses_can_be_read(background: str, foreground: str | None, accent: str | None) -> None:
    palette = palette_of(CardDesign(background=background, foreground=foreground, accent=accent))

    assert contrast(palette.foreground, palette.background) >= 4.5
    assert contrast(palette.stamp, palette.background) >= 3.0
    assert contrast(palette.stamp_ink, palette.stamp) >= 4.5
    assert contrast(palette.outline, palette.background) >= 3.0
    assert contrast(palette.label, palette.hollow) >= 4.5
    assert contrast(palette.label, palette.background) >= 4.5


def test_readable_wishes_are_granted() -> None:
    palette = palette_of(CardDesign(background="#0F3D3E", foreground="#FFF4D6", accent="#FFD166"))

    assert (palette.background, palette.foreground, palette.stamp) == ("#0f3d3e", "#fff4d6", "#ffd166")


def test_wish_that_is_too_pale_keeps_its_hue() -> None:
    palette = palette_of(CardDesign(background="#f4f1ea", accent="#8a9a5b"))

    red, green, blue = parse_colour(palette.stamp)
    assert contrast("#8a9a5b", "#f4f1ea") < 3.0 <= contrast(palette.stamp, "#f4f1ea") < 4.0
    assert green > red > blue


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#1234567", "#12345\n", "rgb(1,2,3)"])
def test_anything_but_six_hex_digits_is_refused(colour: str) -> None:
    with pytest.raises(NotAColour):
        parse_colour(colour)
    with pytest.raises(NotAColour):
        CardDesign(background=colour)


def test_apple_gets_decimal_numbers() -> None:
    assert rgb("#1A2b3c") == "rgb(26, 43, 60)"


def test_blend_goes_from_one_colour_to_the_other() -> None:
    steps = [parse_colour(blended("#000000", "#ffffff", share / 4)) for share in range(5)]

    assert steps[0] == (0, 0, 0)
    assert steps[-1] == (255, 255, 255)
    assert all(low < high for low, high in itertools.pairwise(steps))
