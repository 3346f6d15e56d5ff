"""A merchant's colours and pictures for web pages and wallets: public, and kept for ever under their version."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from stampwell.merchants.access import merchant_id_of
from stampwell.programs.models import ProgramVersion
from stampwell.programs.terms import Terms, terms_of
from stampwell.refusal import NotFound
from stampwell.wallet.content import design_of
from stampwell.wallet.look.design import CardDesign, palette_of
from stampwell.wallet.look.pictures import hero_picture, round_logo

FOR_EVER = "public, max-age=31536000, immutable"
ICON_SIZES = (180, 192, 512)
LOGO_SIZE = 660  # what Google wants


@require_safe
def brand_stylesheet(request: HttpRequest, merchant_slug: str, version: UUID) -> HttpResponse:
    _terms, design = _version(merchant_slug, version)
    return _keep(write_stylesheet(design), "text/css; charset=utf-8")


@require_safe
def brand_icon(request: HttpRequest, merchant_slug: str, version: UUID, size: int) -> HttpResponse:
    """The shop's mark as a square, for home screens."""
    if size not in ICON_SIZES:
        raise NotFound
    return _keep(round_logo(_version(merchant_slug, version)[1], size), "image/png")


@require_safe
def brand_logo(request: HttpRequest, merchant_slug: str, version: UUID) -> HttpResponse:
    return _keep(round_logo(_version(merchant_slug, version)[1], LOGO_SIZE), "image/png")


@require_safe
def stamps_picture(request: HttpRequest, merchant_slug: str, version: UUID, stamps: int) -> HttpResponse:
    """A card with so many stamps, as Google shows it; a picture of numbers that says nothing about anybody."""
    terms, design = _version(merchant_slug, version)
    if stamps > terms.goal:
        raise NotFound
    milestones = tuple(milestone.stamps for milestone in terms.milestones)
    return _keep(hero_picture(design, stamps, terms.goal, milestones), "image/png")


def write_stylesheet(design: CardDesign) -> str:
    """The four colours that the pages' own stylesheets build on; each text colour reads on its ground."""
    palette = palette_of(design)
    return (
        f":root{{--brand:{palette.background};--on-brand:{palette.foreground};"
        f"--stamp:{palette.stamp};--on-stamp:{palette.stamp_ink}}}"
    )


def _version(merchant_slug: str, version: UUID) -> tuple[Terms, CardDesign]:
    merchant_id = merchant_id_of(merchant_slug)
    if merchant_id is None:
        raise NotFound
    try:
        return terms_of(merchant_id, version), design_of(merchant_id, version)
    except ProgramVersion.DoesNotExist:
        raise NotFound from None


def _keep(content: bytes | str, media_type: str) -> HttpResponse:
    return HttpResponse(content, content_type=media_type, headers={"Cache-Control": FOR_EVER})


class HexId:
    """The 32 characters of an id in a path."""

    regex = "[0-9a-f]{32}"
    to_python = staticmethod(UUID)

    @staticmethod
    def to_url(value: UUID) -> str:
        return value.hex


register_converter(HexId, "hex_id")

_VERSION = "brand/<slug:merchant_slug>/<hex_id:version>"

urlpatterns = [
    path(f"{_VERSION}.css", brand_stylesheet, name="brand-stylesheet"),
    path(f"{_VERSION}/icon-<int:size>.png", brand_icon, name="brand-icon"),
    path(f"{_VERSION}/logo.png", brand_logo, name="brand-logo"),
    path(f"{_VERSION}/stamps-<int:stamps>.png", stamps_picture, name="stamps-picture"),
]
