"""Colours as people write them, and looks by trade."""

import pytest

from stampwell.programs.models import ProgramVersion
from stampwell.wallet.look.colours import TEXT_CONTRAST, contrast
from stampwell.wallet.look.design import CardDesign, palette_of
from stampwell.web.dashboard.programs.palettes import PALETTES, TradePalette
from stampwell.web.typed_fields import read_colour
from tests.web.dashboard.desk import DeskClient


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("#4a2e1f", "#4a2e1f"),
        ("4A2E1F", "#4a2e1f"),
        ("abc", "#aabbcc"),
        ("#ABC", "#aabbcc"),
        ("  # 4a2e1f\u200b ", "#4a2e1f"),
        ("＃４ａ２ｅ１ｆ", "#4a2e1f"),
        ("“#4a2e1f”;", "#4a2e1f"),
        ("", ""),
        ("red", ""),
        ("#4a2e", ""),
        ("#4a2e1f80", ""),
        ("##4a2e1f", ""),
        ("rgb(1,2,3)", ""),
        ("x" * 100_000, ""),
    ],
)
def test_a_colour_is_read_as_people_write_and_paste_it(typed: str, meant: str) -> None:
    assert read_colour(typed) == meant


def test_a_pasted_colour_is_published_as_it_was_meant(desk: DeskClient) -> None:
    desk.publish(background=" ABC ", accent="4a2e1f")

    version = ProgramVersion.objects.get()
    assert (version.design["background"], version.design["accent"]) == ("#aabbcc", "#4a2e1f")


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.key)
def test_a_look_by_trade_is_easy_to_read_as_it_is(palette: TradePalette) -> None:
    drawn = palette_of(CardDesign(background=palette.background, accent=palette.accent, icon=palette.icon))

    assert (drawn.background, drawn.stamp) == (palette.background, palette.accent), "nothing had to be mended"
    assert contrast(drawn.foreground, drawn.background) >= TEXT_CONTRAST
    assert contrast(drawn.stamp, drawn.background) >= TEXT_CONTRAST
    assert contrast(drawn.stamp_ink, drawn.stamp) >= TEXT_CONTRAST


def test_every_look_by_trade_is_another_one() -> None:
    assert (
        len({tuple(palette.look.values()) for palette in PALETTES}) == len({it.key for it in PALETTES}) == len(PALETTES)
    )


def test_without_scripts_a_look_by_trade_fills_the_form_and_publishes_nothing(desk: DeskClient) -> None:
    page = desk.publish(palette="pizzeria").content.decode()

    assert 'value="#8f1d14"' in page
    assert 'value="pizzeria" formnovalidate aria-pressed="true"' in page
    assert 'value="Coffee card"' in page
    assert not ProgramVersion.objects.exists()
