"""Who is responsible for a shop, and what becomes of its customers' data: written from what the shop really does.

It is a help and no legal advice, and says so. A shop that has a page of its own leads there instead.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stampwell.customers.models import CustomerNote, Tag
from stampwell.customers.retention import read_retention
from stampwell.imports.models import CardImport
from stampwell.mail.checking import has_mail_server
from stampwell.merchants.access import Scope
from stampwell.merchants.imprint import read_imprint
from stampwell.merchants.models import ApiKey, Merchant
from stampwell.programs.models import Program, ProgramVersion, Reward
from stampwell.transactions import merchant_reads
from stampwell.wallet.offered import offered_wallets
from stampwell.web.shop_pages import frame_context, shop_page

ASKED_WORDS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("Email"),
    "birthday": gettext_lazy("Birthday"),
}


@require_safe
@shop_page
def show_privacy(request: HttpRequest, merchant: Merchant) -> HttpResponse:
    imprint = read_imprint(merchant.id)
    context = frame_context(merchant) | {
        "imprint": imprint,
        "own_page": urlsplit(imprint.link).netloc,
    }
    if not imprint.link:
        context |= _what_the_shop_does(merchant)
    return render(request, "card/privacy.html", context)


def _what_the_shop_does(merchant: Merchant) -> dict[str, Any]:
    asked = _asked_when_joining(merchant.id)
    return {
        "asked": [word for name, word in ASKED_WORDS.items() if name in asked],
        "asks_where": asks_where(merchant),
        "notes": _exists(CustomerNote, merchant) or _exists(Tag, merchant),
        "imports": CardImport.objects.filter(merchant=merchant, written__isnull=False, undone__isnull=True).exists(),
        "mails_links": CardImport.objects.filter(merchant=merchant, mail_job_id__isnull=False).exists(),
        "reads_by_program": _has_key_that_reads(merchant),
        "writes_to_customers": merchant.writes_to_customers,
        "has_mail_server": has_mail_server(),
        "wallets": offered_wallets(),
        "erases_after": _erases_after(merchant),
        "host": urlsplit(settings.BASE_URL).netloc,
    }


def asks_where(merchant: Merchant) -> bool:
    """Whether there is a reward for which phones are asked where they are, also under terms of before."""
    return Reward.objects.filter(merchant=merchant, place_check=True).exists()


def _erases_after(merchant: Merchant) -> int | None:
    with merchant_reads(merchant.id) as tx:
        retention = read_retention(tx)
    return retention.months if retention else None


def _asked_when_joining(merchant_id: UUID) -> set[str]:
    """By all programs that are still there."""
    present = Program.objects.filter(merchant_id=merchant_id, archived__isnull=True).values("current_version_id")
    versions = ProgramVersion.objects.filter(merchant_id=merchant_id, id__in=present)
    return {name for asks_for in versions.values_list("asks_for", flat=True) for name in asks_for}


def _has_key_that_reads(merchant: Merchant) -> bool:
    keys = ApiKey.objects.filter(merchant=merchant, revoked__isnull=True)
    return keys.filter(scopes__overlap=[Scope.CUSTOMERS_READ, Scope.EXPORTS_READ]).exists()


def _exists(table: type[CustomerNote] | type[Tag], merchant: Merchant) -> bool:
    return table.objects.filter(merchant=merchant).exists()
