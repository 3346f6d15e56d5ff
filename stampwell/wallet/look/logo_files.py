"""A shop's uploaded logo: looked at before it is decoded, then drawn anew at the sizes the wallets want."""

import io
import logging
import struct
import warnings
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from stampwell.refusal import Kind, Refusal

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_SIDE = 4096
SMALLEST_SIDE = 32
FORMATS = ("PNG", "JPEG", "WEBP")

logger = logging.getLogger(__name__)


class LogoUnreadable(Refusal):
    """The file is no picture that we can read."""

    code = "logo_unreadable"
    kind = Kind.INVALID
    title = _("This is not a picture we can read")
    staff_text = _("This file is not a PNG, JPEG or WebP picture, or it is damaged.")
    customer_text = _("The shop’s logo cannot be shown.")
    what_to_do = _("Save the logo as a PNG file and upload it again.")


class LogoTooLarge(Refusal):
    """The picture has too many bytes or pixels."""

    code = "logo_too_large"
    kind = Kind.INVALID
    title = _("This picture is too large")
    staff_text = _("The logo can have at most %(megabytes)s megabytes and %(side)s pixels on each side.")
    customer_text = _("The shop’s logo cannot be shown.")
    what_to_do = _("Make the picture smaller and upload it again.")


class LogoTooSmall(Refusal):
    """The picture would be a blur on a phone."""

    code = "logo_too_small"
    kind = Kind.INVALID
    title = _("This picture is too small")
    staff_text = _("The logo needs at least %(side)s pixels on each side to look sharp on a phone.")
    customer_text = _("The shop’s logo cannot be shown.")
    what_to_do = _("Upload the logo in a larger size.")


def check_logo(data: bytes) -> None:
    """Refuses what cannot become a logo: not a picture, a bomb, too small. Reads the header first."""
    _decode(data)


@lru_cache(maxsize=64)
def fit_logo(data: bytes | None, box: tuple[int, int]) -> Image.Image | None:
    """The logo as large as fits the box, in plain sRGB; None without a logo, or if it cannot be read."""
    if data is None:
        return None
    try:
        picture = _decode(data)
    except Refusal as problem:
        # It was checked when it was uploaded; a card must be made whatever became of it since.
        logger.warning("A stored logo cannot be used: %s", problem.code)
        return None
    share = min(box[0] / picture.width, box[1] / picture.height)
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def is_wide_logo(data: bytes | None) -> bool:
    """Whether the logo leaves no room for the shop's name beside it; such a logo usually says the name."""
    logo = fit_logo(data, (160, 50))
    return logo is not None and logo.width / logo.height > 1.6


def _decode(data: bytes) -> Image.Image:
    if len(data) > LARGEST_FILE:
        raise LogoTooLarge(megabytes=LARGEST_FILE // 1024**2, side=LARGEST_SIDE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own bomb warning: the sides are measured below
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
            _check_sides(picture.size)
            return _in_srgb(_upright(picture))
    except Image.DecompressionBombError:
        raise LogoTooLarge(megabytes=LARGEST_FILE // 1024**2, side=LARGEST_SIDE) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error):
        raise LogoUnreadable from None


def _check_sides(size: tuple[int, int]) -> None:
    if max(size) > LARGEST_SIDE:
        raise LogoTooLarge(megabytes=LARGEST_FILE // 1024**2, side=LARGEST_SIDE)
    if min(size) < SMALLEST_SIDE:
        raise LogoTooSmall(side=SMALLEST_SIDE)


def _upright(picture: Image.Image) -> Image.Image:
    """As the camera was held, with 8 bits for each colour."""
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda grey: grey * (1 / 256)).convert("L")  # else every grey above 255 turns white
    return ImageOps.exif_transpose(picture)


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Pixels as sRGB with transparency; a profile that cannot be read is taken for sRGB."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode=mode)
            picture = converted or picture
        except (ImageCms.PyCMSError, OSError):
            logger.info("A logo's colour profile cannot be read; its colours are taken as they are.")
    plain = picture.convert("RGBA")
    plain.info = {}  # the profile and every remark of the upload stay behind
    return plain
