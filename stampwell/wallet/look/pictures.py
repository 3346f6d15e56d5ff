"""The pictures of a card as PNG, drawn once and then kept: in this process, and on disk for all of them."""

import hashlib
import io
import logging
import os
import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import resvg_py
from PIL import Image

from stampwell.wallet.configuration import strips_folder, strips_limit
from stampwell.wallet.look.design import CardDesign, palette_of
from stampwell.wallet.look.drawing import HERO, STRIP, draw_icon_svg, draw_stamps_svg
from stampwell.wallet.look.logo_files import fit_logo

type Pictures = Mapping[str, bytes]  # by the name that Apple expects

SCALES = {1: "", 2: "@2x", 3: "@3x"}
EDITION = 3  # of how drawings become files; raise it, and none kept by an older one is found again
ICON_POINTS = 38
LOGO_BOX = (160, 50)
HERO_PIXELS = 1032
PRUNE_EVERY = 200  # pictures drawn between two looks at the size of the folder
_HEADER = struct.Struct(">IIBBBBB")
_SIGNATURE, _END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"

logger = logging.getLogger(__name__)
_drawn = 0


@lru_cache(maxsize=32)
def strip_pictures(
    design: CardDesign,
    stamps: int,
    goal: int,
    milestones: tuple[int, ...] = (),
    direction: str = "ltr",
) -> Pictures:
    """Apple's strip for this many stamps: 375 by 144 points in three scales, about 65 kB together."""
    svg = draw_stamps_svg(design, min(stamps, goal), goal, milestones, direction, size=STRIP)
    return {f"strip{suffix}.png": picture_of(svg, round(STRIP[0] * scale)) for scale, suffix in SCALES.items()}


@lru_cache(maxsize=32)
def hero_picture(
    design: CardDesign,
    stamps: int,
    goal: int,
    milestones: tuple[int, ...] = (),
    direction: str = "ltr",
) -> bytes:
    """Google's picture for this many stamps, 1032 by 336 pixels."""
    svg = draw_stamps_svg(design, min(stamps, goal), goal, milestones, direction, size=HERO)
    return picture_of(svg, HERO_PIXELS)


@lru_cache(maxsize=256)
def icon_pictures(design: CardDesign) -> Pictures:
    """The small picture beside notifications: the shop's logo if it is square, else the stamp."""
    return {f"icon{suffix}.png": _icon(design, ICON_POINTS * scale) for scale, suffix in SCALES.items()}


@lru_cache(maxsize=256)
def logo_pictures(design: CardDesign) -> Pictures:
    """The picture at the top of the card: the shop's logo, at most 160 by 50 points, else the stamp."""
    return {f"logo{suffix}.png": _logo(design, scale) for scale, suffix in SCALES.items()}


@lru_cache(maxsize=64)
def round_logo(design: CardDesign, pixels: int = 660) -> bytes:
    """A square picture that still looks right cut to a circle, as Google does with a programme's logo."""
    return _icon(design, pixels)


def picture_of(svg: str, width: int) -> bytes:
    """The drawing as PNG, `width` pixels wide; the same drawing is never drawn twice while its file lives."""
    # The name is made of the drawing itself: change one line of it and the old picture is never found again.
    name = hashlib.sha256(f"{EDITION} {width} {svg}".encode()).hexdigest()
    file = strips_folder() / name[:2] / f"{name}.png"
    if (kept := _read(file)) is not None:
        return kept
    drawn = _lighten(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width, skip_system_fonts=True)))
    _keep(file, drawn)
    return drawn


def _lighten(drawn: bytes) -> bytes:
    """The same pixels in two thirds of the bytes: what nothing shines through needs no fourth value, and the rows of
    a flat drawing pack best as they are. Apple asks for RGB, so a palette, smaller still, will not do.
    """
    with Image.open(io.BytesIO(drawn)) as picture:
        if picture.getextrema()[-1] != (255, 255):
            return drawn
        width, height, pixels = *picture.size, picture.convert("RGB").tobytes()
    rows = (b"\0" + pixels[start : start + 3 * width] for start in range(0, len(pixels), 3 * width))
    header = _HEADER.pack(width, height, 8, 2, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + _chunk(b"IEND")


def _chunk(name: bytes, data: bytes = b"") -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def prune_strips(folder: Path, limit: int) -> int:
    """Deletes the pictures least used of late until the rest fit in `limit` bytes; says how many went."""
    found = sorted(((file.stat(), file) for file in folder.glob("*/*.png")), key=lambda pair: pair[0].st_mtime)
    total, gone = sum(stat.st_size for stat, _file in found), 0
    for stat, file in found:
        if total <= limit:
            break
        file.unlink(missing_ok=True)
        total -= stat.st_size
        gone += 1
    return gone


def _read(file: Path) -> bytes | None:
    try:
        kept = file.read_bytes()
        os.utime(file)
    except OSError:
        return None
    # A file cut short by a full disk is drawn again.
    return kept if kept.startswith(_SIGNATURE) and kept.endswith(_END) else None


def _keep(file: Path, drawn: bytes) -> None:
    global _drawn
    fresh = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(drawn)
        fresh.replace(file)
        _drawn += 1
        if _drawn % PRUNE_EVERY == 0:
            prune_strips(strips_folder(), strips_limit())
    except OSError as problem:
        # The card matters more than its place on disk: the picture is served from memory.
        logger.warning("A picture could not be kept in %s: %s", file.parent, problem)
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _icon(design: CardDesign, pixels: int) -> bytes:
    logo = fit_logo(design.logo, (pixels, pixels))
    if logo is not None and 0.8 <= logo.width / logo.height <= 1.25:
        return _png(_centred(logo, (pixels, pixels), palette_of(design).background))
    return picture_of(draw_icon_svg(design), pixels)


def _logo(design: CardDesign, scale: int) -> bytes:
    width, height = LOGO_BOX[0] * scale, LOGO_BOX[1] * scale
    if (logo := fit_logo(design.logo, (width, height))) is not None:
        return _png(logo)
    return picture_of(draw_icon_svg(design), height)


def _centred(picture: Image.Image, size: tuple[int, int], ground: str) -> Image.Image:
    canvas = Image.new("RGBA", size, ground)
    canvas.alpha_composite(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return canvas


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
