"""The shops of one account, each with its figures of today, and going from one to another."""

import msgspec
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.insight.figures import Counts, count_day_of_shops
from stampwell.journal.wanted import NARROW
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.web.dashboard.desk import Desk, choose_desk, desks_of


class ShopToday(msgspec.Struct, frozen=True):
    id: str
    name: str
    closed: bool
    counts: Counts


@login_required
@require_http_methods(["GET", "HEAD"])
def list_shops(request: HttpRequest) -> HttpResponse:
    return show_shops(request, desks_of(request))


def show_shops(request: HttpRequest, desks: list[Desk]) -> HttpResponse:
    """A day ends at the midnight of each shop."""
    days = {desk.merchant.id: local_day(desk.merchant, now()) for desk in desks}
    counted = count_day_of_shops(days)
    shops = [_today(desk.merchant, counted.get(desk.merchant.id, Counts())) for desk in desks]
    return render(request, "dashboard/choose.html", {"shops": shops})


def _today(merchant: Merchant, counts: Counts) -> ShopToday:
    return ShopToday(public_id("mer", merchant.id), merchant.name, merchant.closed is not None, counts)


@login_required
@require_POST
def choose_shop(request: HttpRequest) -> HttpResponse:
    """To its first page, or to the lines of its journal that a figure of today is made of."""
    choose_desk(request, wanted_id("mer", request.POST.get("shop", "")))
    kind = request.GET.get("kind")
    return redirect(f"{reverse('journal')}?kind={kind}&period=today" if kind in NARROW else "home")
