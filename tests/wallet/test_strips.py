import io
import logging
import os
import struct
import zlib
from pathlib import Path

import pytest
import resvg_py
from PIL import Image, ImageChops, ImageCms

from stampwell.wallet.look import pictures as strips
from stampwell.wallet.look.design import CardDesign, palette_of
from stampwell.wallet.look.drawing import STRIP, draw_card_strip_svg, draw_stamps_svg
from stampwell.wallet.look.logo_files import LogoTooLarge, LogoTooSmall, LogoUnreadable, check_logo, is_wide_logo
from stampwell.wallet.look.pictures import (
    hero_picture,
    icon_pictures,
    logo_pictures,
    picture_of,
    prune_strips,
    round_logo,
    strip_pictures,
)

DESIGN = CardDesign(background="#0f3d3e", accent="#ffd166", icon="cup")


@pytest.fixture(autouse=True)
def forget_drawn_pictures() -> None:
    for remembered in (strip_pictures, hero_picture, icon_pictures, logo_pictures, round_logo):
        remembered.cache_clear()


def opened(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    assert image.format == "PNG"
    image.load()
    return image


def painted(size: tuple[int, int], form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#cc0044").save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("stamps", [0, 3, 10])
def test_strip_has_apples_three_sizes(stamps: int) -> None:
    pictures = strip_pictures(DESIGN, stamps, 10, (5, 10))

    assert {name: opened(picture).size for name, picture in pictures.items()} == {
        "strip.png": (375, 144),
        "strip@2x.png": (750, 288),
        "strip@3x.png": (1125, 432),
    }


def test_hero_has_googles_size() -> None:
    assert opened(hero_picture(DESIGN, 3, 10, (5,))).size == (1032, 336)


def test_icon_and_logo_have_apples_sizes() -> None:
    icons, logos = icon_pictures(DESIGN), logo_pictures(DESIGN)

    assert [opened(picture).size for picture in icons.values()] == [(38, 38), (76, 76), (114, 114)]
    assert list(icons) == ["icon.png", "icon@2x.png", "icon@3x.png"]
    assert [opened(picture).size for picture in logos.values()] == [(50, 50), (100, 100), (150, 150)]


def test_filled_stamp_shows_the_shops_colour_and_an_empty_one_does_not() -> None:
    palette = palette_of(DESIGN)

    empty, filled = (colours_of_first_stamp(stamps) for stamps in (0, 1))

    assert palette.background in empty & filled
    assert palette.hollow in empty - filled
    assert palette.stamp in filled - empty


def test_drawn_picture_is_found_on_disk_by_the_next_process(tmp_path: Path) -> None:
    first = strip_pictures(DESIGN, 3, 10)
    files = list((tmp_path / "strips").glob("*/*.png"))
    marked = [file for file in files if file.read_bytes() == first["strip.png"]]
    strip_pictures.cache_clear()
    marked[0].write_bytes(swap_comment(first["strip.png"]))

    again = strip_pictures(DESIGN, 3, 10)

    assert len(files) == 3
    assert again["strip.png"] == swap_comment(first["strip.png"])  # it was read, not drawn


@pytest.mark.parametrize("accent", [None, "#ffd166", "#ff0000"])
def test_kept_picture_weighs_two_thirds_and_not_a_pixel_differs(accent: str | None) -> None:
    drawing = draw_stamps_svg(CardDesign(background="#2a7d4f", accent=accent), 6, 10, (5, 10), "ltr", size=STRIP)
    drawn = bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=1125, skip_system_fonts=True))

    kept = picture_of(drawing, 1125)

    assert ImageChops.difference(opened(kept).convert("RGBA"), opened(drawn)).getbbox(alpha_only=False) is None
    assert opened(kept).mode == "RGB"
    assert len(kept) < 0.7 * len(drawn)


def test_picture_with_clear_corners_keeps_them() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>'

    assert opened(picture_of(drawing, 8)).convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


def test_picture_cut_short_on_disk_is_drawn_again(tmp_path: Path) -> None:
    svg = draw_card_strip_svg(DESIGN, 3, 10)
    whole = picture_of(svg, 375)
    (file,) = (tmp_path / "strips").glob("*/*.png")
    file.write_bytes(whole[: len(whole) // 2])

    assert picture_of(svg, 375) == whole
    assert file.read_bytes() == whole


def test_picture_is_drawn_where_it_cannot_be_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "strips").write_text("a file where the folder should be")

    with caplog.at_level(logging.WARNING):
        picture = picture_of(draw_card_strip_svg(DESIGN, 3, 10), 375)

    assert opened(picture).size == (375, 144)
    assert "could not be kept" in caplog.text


def test_folder_keeps_what_was_used_last(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old", "oldest")):
        file = tmp_path / "ab" / f"{name}.png"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x" * 100)
        os.utime(file, (1_000_000 - age, 1_000_000 - age))

    gone = prune_strips(tmp_path, 250)

    assert gone == 1
    assert sorted(file.name for file in tmp_path.glob("*/*")) == ["new.png", "old.png"]


def test_folder_is_pruned_as_pictures_are_drawn(
    tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strips, "PRUNE_EVERY", 1)
    settings.WALLET_STRIPS_LIMIT = 40_000  # type: ignore[attr-defined]

    for stamps in range(6):
        picture_of(draw_card_strip_svg(DESIGN, stamps, 10), 375)

    kept = list((tmp_path / "strips").glob("*/*.png"))
    assert sum(file.stat().st_size for file in kept) <= 40_000
    assert kept


def test_wide_logo_fits_apples_box_and_stands_without_the_shops_name() -> None:
    wide = CardDesign(logo=painted((1600, 300)))

    assert [opened(picture).size for picture in logo_pictures(wide).values()] == [(160, 30), (320, 60), (480, 90)]
    assert is_wide_logo(wide.logo)
    assert opened(icon_pictures(wide)["icon.png"]).size == (38, 38)


def test_square_logo_becomes_the_icon_too() -> None:
    design = CardDesign(background="#ffffff", logo=painted((400, 400), "JPEG"))

    icon = opened(icon_pictures(design)["icon@2x.png"]).convert("RGB")
    red, green, blue = icon.getpixel((38, 38))  # type: ignore[misc]
    assert red > 180 > 90 > max(green, blue)
    assert not is_wide_logo(design.logo)


def test_logo_leaves_its_colour_profile_behind() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for given in (profile, b"not a profile at all"):
        design = CardDesign(logo=painted((200, 200), icc_profile=given))

        for picture in logo_pictures(design).values():
            assert b"iCCP" not in picture
            assert opened(picture).mode == "RGBA"


def test_logo_stands_as_the_camera_was_held() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # orientation: to be turned by a quarter
    design = CardDesign(logo=painted((400, 200), "JPEG", exif=turned))

    assert [opened(picture).size for picture in logo_pictures(design).values()] == [(25, 50), (50, 100), (75, 150)]
    assert not is_wide_logo(design.logo)


def test_logo_of_sixteen_bit_greys_keeps_them() -> None:
    grey = Image.new("I;16", (64, 64), 0x8000)
    out = io.BytesIO()
    grey.save(out, "PNG")
    design = CardDesign(logo=out.getvalue())

    assert opened(logo_pictures(design)["logo.png"]).getpixel((20, 20)) == (128, 128, 128, 255)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", b"x" * 1000])
def test_file_that_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(LogoUnreadable):
        check_logo(data)


def test_bomb_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(LogoTooLarge):
        check_logo(bomb(60_000, 60_000))
    with pytest.raises(LogoTooLarge):
        check_logo(b"\x89PNG\r\n\x1a\n" + b"x" * 3_000_000)


def test_tiny_picture_is_refused() -> None:
    with pytest.raises(LogoTooSmall):
        check_logo(painted((16, 500)))


def test_card_is_drawn_even_if_a_stored_logo_is_damaged() -> None:
    broken, none = CardDesign(logo=b"damaged"), CardDesign()

    assert logo_pictures(broken) == logo_pictures(none)
    assert icon_pictures(broken) == icon_pictures(none)


def colours_of_first_stamp(stamps: int) -> set[str]:
    strip = opened(strip_pictures(DESIGN, stamps, 3)["strip.png"]).convert("RGB")
    pixels = strip.crop((0, 0, 130, 144)).tobytes()
    return {f"#{pixels[at : at + 3].hex()}" for at in range(0, len(pixels), 3)}


def swap_comment(png: bytes) -> bytes:
    """The same picture with a remark in it: other bytes, still a whole PNG."""
    note = b"tEXtComment\0from disk"
    chunk = struct.pack(">I", len(note) - 4) + note + struct.pack(">I", zlib.crc32(note))
    return png[:-12] + chunk + png[-12:]


def bomb(width: int, height: int) -> bytes:
    """A small PNG whose header promises gigabytes of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
