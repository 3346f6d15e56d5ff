"""The shop's logo: looked at, drawn anew and kept; shown to those who work there."""

import io

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stampwell.ids import public_id
from stampwell.merchants.models import Merchant, Picture
from stampwell.refusal import NotFound
from stampwell.wallet.content import find_logo
from stampwell.wallet.look.logo_files import LARGEST_FILE, LARGEST_SIDE, LogoTooLarge, check_logo, fit_logo
from stampwell.web.dashboard.desk import Desk, for_everyone

DRAWN_SIDE = 660  # the largest that a wallet asks for


def store_logo(merchant: Merchant, upload: "UploadedFile[bytes]") -> str:
    """Keeps the logo as a PNG of our own drawing; returns its id.

    Refuses: LogoTooLarge, LogoTooSmall, LogoUnreadable.
    """
    if (upload.size or 0) > LARGEST_FILE:
        raise logo_too_large()
    content = upload.read()
    check_logo(content)
    drawn = fit_logo(content, (DRAWN_SIDE, DRAWN_SIDE))
    assert drawn is not None, "it was checked"
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    picture = Picture.objects.create(merchant=merchant, content=out.getvalue())
    return public_id("pic", picture.id)


def logo_too_large() -> LogoTooLarge:
    return LogoTooLarge(megabytes=LARGEST_FILE // 1024**2, side=LARGEST_SIDE)


@require_safe
@for_everyone
def show_logo(request: HttpRequest, desk: Desk, picture: str) -> HttpResponse:
    found = find_logo(desk.merchant.id, picture)
    if found is None:
        raise NotFound
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return HttpResponse(bytes(found.content), content_type="image/png", headers=headers)
