"""Logos as shops have them: for print, with palettes, sixteen bits deep, cut short."""

import io

import pytest
from PIL import Image, ImageCms

from stampwell.refusal import Refusal
from stampwell.wallet.apple.signature import PassIdentity
from stampwell.wallet.look.design import CardDesign
from stampwell.wallet.look.logo_files import check_logo
from stampwell.wallet.look.pictures import logo_pictures
from tests.wallet.cards import build_card_pass, coffee_card, coffee_face
from tests.wallet.packages import open_pass

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
INKS: dict[str, str | int | tuple[int, ...]] = {
    "CMYK": (0, 255, 170, 51),
    "L": 90,
    "1": 0,
    "I;16": 30_000,
    "P": 7,
    "LA": (90, 128),
}


def saved(mode: str, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (200, 200), INKS.get(mode, "#cc0044")).save(out, form, **options)
    return out.getvalue()


ODD = {
    "for print": saved("CMYK", "JPEG"),
    "for print, a screen's profile": saved("CMYK", "JPEG", icc_profile=SRGB),
    "a profile of another kind": saved("RGB", "PNG", icc_profile=LAB),
    "a profile that is none": saved("RGB", "JPEG", icc_profile=b"\0" * 3000),
    "a profile cut short": saved("RGB", "PNG", icc_profile=SRGB[:200]),
    "grey, a colour profile": saved("L", "PNG", icc_profile=SRGB),
    "a palette": saved("P", "PNG", transparency=7),
    "sixteen bits": saved("I;16", "PNG"),
    "black and white": saved("1", "PNG"),
    "grey and clear": saved("LA", "PNG"),
    "WebP": saved("RGBA", "WEBP"),
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD.keys())
def test_an_odd_logo_becomes_a_plain_picture_on_the_pass(identity: PassIdentity, data: bytes) -> None:
    check_logo(data)

    card = coffee_card(face=coffee_face(design=CardDesign(background="#0f3d3e", logo=data)))
    files = open_pass(build_card_pass(identity, card)).files

    for name in ("logo.png", "logo@2x.png", "logo@3x.png", "icon.png"):
        picture = Image.open(io.BytesIO(files[name]))
        picture.load()
        assert (picture.format, b"iCCP" in files[name]) == ("PNG", False)
        assert picture.mode in ("RGB", "RGBA", "P")
    assert Image.open(io.BytesIO(files["logo@2x.png"])).size == (100, 100)


def test_a_logo_for_print_keeps_its_colour() -> None:
    drawn = Image.open(io.BytesIO(logo_pictures(CardDesign(logo=ODD["for print"]))["logo@2x.png"])).convert("RGB")

    red, green, blue = drawn.getpixel((50, 50))  # type: ignore[misc]
    assert red > 150 > 100 > max(green, blue)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_logo_cut_short_is_refused(part: float) -> None:
    whole = saved("RGB", "PNG")

    with pytest.raises(Refusal) as refused:
        check_logo(whole[: int(len(whole) * part)])

    assert refused.value.code == "logo_unreadable"
