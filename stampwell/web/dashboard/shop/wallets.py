"""How the shop's cards fare in phones: what needs care, and a card sent to its phone again."""

from collections.abc import Iterable, Iterator

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.findings import Finding, Level
from stampwell.ids import wanted_id
from stampwell.merchants.models import Merchant
from stampwell.wallet.apple import health as apple
from stampwell.wallet.apple.changes import send_again
from stampwell.wallet.google import health as google
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.queue import send_card_again
from stampwell.wallet.models import Registration
from stampwell.wallet.offered import offers_apple, offers_google
from stampwell.web.dashboard.cards.view import show_card
from stampwell.web.dashboard.desk import Desk, for_managers, for_owners
from stampwell.web.dashboard.form_keys import Said, do_once, tell

TONES = {Level.GOOD: ("good", "check"), Level.AMBER: ("attention", "info"), Level.RED: ("bad", "warning")}


class InPhones(msgspec.Struct, frozen=True):
    """How many of a shop's cards and vouchers phones hold; a card in two phones counts once."""

    apple_cards: int
    apple_vouchers: int
    google_cards: int


@require_safe
@for_owners
def wallets_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = dict.fromkeys(sorted(_check(desk.merchant), key=lambda one: -one.level))  # what holds for both, said once
    context = {
        "desk": desk,
        "here": "settings",
        "in_phones": count_in_phones(desk.merchant),
        "offers_google": offers_google(),
        "notices": [(*TONES[finding.level], finding) for finding in found],
    }
    return render(request, "dashboard/wallets.html", context)


@require_POST
@for_managers
def send_card(request: HttpRequest, desk: Desk, card: str) -> HttpResponse:
    """Refuses: NotFound, before anything is written about a card that is not this merchant's."""
    card_id = wanted_id("crd", card)
    show_card(desk.merchant, card_id)

    def act() -> Said:
        send_again(desk.merchant.id, card_id)
        send_card_again(desk.merchant.id, card_id)
        return Said(_("Every phone that holds this card fetches it again within a minute or two."))

    tell(request, do_once(request, desk, act))
    return redirect("desk_card", card)


def count_in_phones(merchant: Merchant) -> InPhones:
    registered = Registration.objects.filter(merchant=merchant, held__merchant=merchant)
    saved = GoogleObject.objects.filter(merchant=merchant, kind="card", saved__isnull=False, removed__isnull=True)
    return InPhones(
        apple_cards=registered.filter(held__voucher_id__isnull=True).values("held__card_id").distinct().count(),
        apple_vouchers=registered.filter(held__voucher_id__isnull=False).values("held__voucher_id").distinct().count(),
        google_cards=saved.values("card_id").distinct().count(),
    )


def _check(merchant: Merchant) -> Iterator[Finding]:
    is_alone = not Merchant.objects.exclude(id=merchant.id).exists()
    yield from _check_apple(is_alone=is_alone)
    yield from apple.check_shop(apple.count_wallet(merchant.id))
    yield from _check_google(is_alone=is_alone)
    yield from google.check_shop(merchant)


def _check_apple(*, is_alone: bool) -> Iterator[Finding]:
    """Where several shops share the installation, what names its files is only for whoever runs it."""
    if not settings.WALLET_APPLE_CERTIFICATE and not offers_apple():
        yield Finding(
            Level.AMBER,
            _("Apple Wallet is not set up here. In the meantime your customers use their card on the web."),
            more=_(
                "You need an Apple developer account, two certificates from Apple and an https address. The person "
                "who runs this Stampwell finds each step in %(file)s."
            )
            % {"file": "docs/operating/wallets.md"},
        )
    elif is_alone:
        yield from apple.check_installation()
    elif (worst := _worst(apple.check_installation())) is Level.GOOD:
        yield Finding(worst, _("The certificates for Apple Wallet are in order."))
    else:
        yield Finding(
            worst, _("The certificates for Apple Wallet need attention. Tell the person who runs this Stampwell.")
        )


def _check_google(*, is_alone: bool) -> Iterator[Finding]:
    is_begun = settings.WALLET_GOOGLE_ACCOUNT or settings.WALLET_GOOGLE_ISSUER
    if not is_begun and not offers_google():
        yield Finding(
            Level.AMBER,
            _("Google Wallet is not set up here. In the meantime your customers use their card on the web."),
            more=_(
                "You need a Google Wallet issuer account, the key of a service account and an https address. The "
                "person who runs this Stampwell finds each step in %(file)s."
            )
            % {"file": "docs/operating/wallets-google.md"},
        )
    elif is_alone:
        yield from google.check_installation()
    elif (worst := _worst(google.check_installation())) is Level.GOOD:
        yield Finding(worst, _("The account for Google Wallet is in order."))
    else:
        yield Finding(
            worst, _("The account for Google Wallet needs attention. Tell the person who runs this Stampwell.")
        )


def _worst(findings: Iterable[Finding]) -> Level:
    return max(finding.level for finding in findings)
