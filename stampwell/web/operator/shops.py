"""The shops of this server: the list, and one of them with what can be done to it."""

import logging

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.backups import last_backup
from stampwell.ids import wanted_id
from stampwell.languages.typed import plain_code
from stampwell.merchants.closing import StillUnderWay, close_shop, open_again
from stampwell.merchants.models import Location, Merchant, StaffMember, Station, User
from stampwell.moving.arriving import arriving_shops
from stampwell.refusal import NotFound
from stampwell.removal.deleting import ask_to_delete, deletable_from, is_deletable, open_deletion
from stampwell.web.operator.guarding import confirmed, for_operators
from stampwell.web.operator.shop_list import Size, list_shops, sizes_of

LONGEST_SEARCH = 100
log = logging.getLogger(__name__)


@for_operators
@require_safe
def shops_page(request: HttpRequest, operator: User) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    after = request.GET.get("after", "")
    page = list_shops(words, after=wanted_id("mer", after) if after else None)
    return render(
        request, "operator/shops.html", {"here": "shops", "page": page, "words": words, "is_first": not after}
    )


@for_operators
@require_safe
def shop_page(request: HttpRequest, operator: User, shop: str) -> HttpResponse:
    merchant = find_shop(shop)
    working = StaffMember.objects.filter(merchant=merchant, left__isnull=True)
    owners = working.filter(role=StaffMember.Role.OWNER).select_related("user")
    context = {
        "here": "shops",
        "shop": shop,
        "merchant": merchant,
        "deletable_from": deletable_from(merchant),
        "may_be_deleted": is_deletable(merchant),
        "backup": last_backup(settings.DATA_DIR),
        "deletion": open_deletion(merchant),
        "size": sizes_of([merchant.id]).get(merchant.id, Size()),
        "owners": [member.user for member in owners.order_by("id") if member.user],
        "locations": Location.objects.filter(merchant=merchant).count(),
        "people": working.count(),
        "devices": Station.objects.filter(merchant=merchant, enrolled__isnull=False, revoked__isnull=True).count(),
    }
    return render(request, "operator/shop.html", context)


@for_operators
@require_POST
@confirmed(back="operator_shop")
def close(request: HttpRequest, operator: User, shop: str) -> HttpResponse:
    merchant = find_shop(shop)
    try:
        close_shop(merchant.id)
    except StillUnderWay:
        messages.warning(
            request,
            _("A request that began before the shop was closed is still under way. What it does may still appear."),
        )
    log.warning("Shop %s was closed by operator %s", merchant.slug, operator.pk)
    messages.success(request, _("The shop is closed now."))
    return redirect("operator_shop", shop)


@for_operators
@require_POST
@confirmed(back="operator_shop")
def open_once_more(request: HttpRequest, operator: User, shop: str) -> HttpResponse:
    merchant = find_shop(shop)
    if open_again(merchant.id):
        log.warning("Shop %s was opened again by operator %s", merchant.slug, operator.pk)
    messages.success(request, _("The shop is open again."))
    return redirect("operator_shop", shop)


@for_operators
@require_POST
@confirmed(back="operator_shop")
def delete(request: HttpRequest, operator: User, shop: str) -> HttpResponse:
    """Asks that the name be typed, and that a backup be thought of: nothing brings the shop back but that."""
    merchant = find_shop(shop)
    if plain_code(request.POST.get("name", "")) != merchant.slug or not request.POST.get("backup"):
        messages.error(request, _("Nothing was deleted. Type the name in links, and confirm that there is a backup."))
        return redirect("operator_shop", shop)
    if ask_to_delete(merchant.id):
        log.warning("Shop %s is deleted by operator %s", merchant.slug, operator.pk)
    messages.success(request, _("The shop is being deleted."))
    return redirect("operator_shop", shop)


def find_shop(text: str) -> Merchant:
    """Refuses: NotFound."""
    merchant = Merchant.objects.exclude(id__in=arriving_shops()).filter(id=wanted_id("mer", text)).first()
    if merchant is None:
        raise NotFound
    return merchant
