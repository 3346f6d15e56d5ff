"""What a customer's phone opens with the code of a receipt: what it is worth, and one tap that puts it on the card.

`/r/<merchant>/<code>` only finds out of which program the code is, and leads to the page below that program's join
page, where the browser tells which card it has. Looking uses nothing up; only the button does.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stampwell.cards.finding import ask_card_by_short_number, card_by_token
from stampwell.cards.links import card_token
from stampwell.cards.numbers import group_digits, is_short_number
from stampwell.cards.rows import CardRow, read_card
from stampwell.clock import new_id, now
from stampwell.languages.explaining import explain
from stampwell.languages.typed import plain_number
from stampwell.merchants.closing import why_closed
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_new_card, why_no_stamps
from stampwell.programs.models import Program
from stampwell.programs.offering import find_offer, offer_of
from stampwell.programs.terms import Terms, terms_of
from stampwell.receipts.claiming import claim_code, join_with_code
from stampwell.receipts.codes import UnknownReceiptCode, plain_signs
from stampwell.receipts.finding import FoundCode, find_code
from stampwell.receipts.refusals import ReceiptCodeUsed
from stampwell.receipts.worth import say_worth
from stampwell.refusal import NotFound, Refusal
from stampwell.requests.limits import count_attempt
from stampwell.requests.once import Answer, answer_once, fingerprint
from stampwell.transactions import merchant_reads
from stampwell.wallet.content import design_of
from stampwell.wallet.look.drawing import draw_card_strip_svg
from stampwell.web.card.wallets import COLLECTED
from stampwell.web.held_cards import cookie_walls, held_token, remember_card
from stampwell.web.joining.forms import JoinForm
from stampwell.web.joining.pages import KEY, count_join, to_card
from stampwell.web.refusals import status_of
from stampwell.web.shop_pages import frame_context, page_direction, shop_context, shop_page, shop_zone
from stampwell.web.visitors import visitor_address

# Codes and numbers that are nobody's. A whole queue may stand behind one shop's Wi-Fi, and its fingers slip.
MOST_MISSES, WITHIN = 30, timedelta(minutes=10)
COLLECTED_LASTS = 60  # seconds
LONGEST_SHOWN = 40


class NumberForm(forms.Form):
    """The card that somebody has already, by the number that it shows."""

    number = forms.CharField(
        label=gettext_lazy("Number of your card"),
        help_text=gettext_lazy("The eight digits below the code on your card."),
        max_length=60,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "enterkeyhint": "done"}),
    )


@require_http_methods(["GET", "HEAD"])
def open_code(request: HttpRequest, merchant_slug: str, code: str) -> HttpResponse:
    return _open(request, merchant_slug.lower(), code)


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def type_code(request: HttpRequest, merchant: Merchant) -> HttpResponse:
    """For a code that the camera does not read."""
    if request.method != "POST":
        return _ask_for_code(request, merchant)
    return _lead_on(request, merchant, request.POST.get("code", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def claim(request: HttpRequest, merchant: Merchant, program_slug: str, code: str) -> HttpResponse:
    program = find_offer(merchant, program_slug)
    try:
        found = _find(request, merchant, code)
    except UnknownReceiptCode as unknown:
        return _ask_for_code(request, merchant, code, unknown)
    if found.batch.program_id != program.id:
        raise NotFound
    visit = Visit(request, merchant, program, found, code)
    if refusal := visit.why_not():
        return visit.refuse(refusal)
    return visit.take() if request.method == "POST" else visit.show()


class Visit:
    """A visitor with a code of this shop, and the card that their browser got before, if any."""

    def __init__(self, request: HttpRequest, merchant: Merchant, program: Program, found: FoundCode, code: str) -> None:
        self.request, self.merchant, self.program = request, merchant, program
        self.found, self.code = found, plain_signs(code)
        self.terms: Terms = terms_of(merchant.id, program.current_version_id)
        self.token = held_token(request, merchant, program)
        ref = card_by_token(merchant.id, self.token) if self.token else None
        self.held: CardRow | None = _read(merchant, ref.id) if ref else None

    def why_not(self) -> Refusal | None:
        at = now()
        return self.found.why_not(at) or why_closed(self.merchant) or why_no_stamps(self.merchant, self.program.id, at)

    def take(self) -> HttpResponse:
        try:
            match self.request.POST.get("card"):
                case "held" if self.held:
                    claim_code(self.merchant, self.code, self.held.id)
                    return self._to_held()
                case "number":
                    return self._take_by_number()
                case "new" if self.held is None:
                    return self._take_in()
        except Refusal as refusal:
            return self.refuse(refusal)
        return self.show()

    def show(self, *, join: JoinForm | None = None, number: NumberForm | None = None) -> HttpResponse:
        wrong = (join is not None and join.errors) or (number is not None and number.errors)
        given = self.request.POST.get("key", "")
        context = self._context() | {
            "gives_cards": why_no_new_card(self.program, now()) is None,
            "form": join or JoinForm(asks_for=self.terms.asks_for, shop=self.merchant),
            "number_form": number or NumberForm(),
            "key": given if KEY.fullmatch(given) else new_id().hex,
        }
        return render(self.request, "joining/claim.html", context, status=422 if wrong else 200)

    def refuse(self, refusal: Refusal) -> HttpResponse:
        """Who has the stamps already is told so, and not that somebody has used the code."""
        is_mine = isinstance(refusal, ReceiptCodeUsed) and self._is_mine()
        said = explain(refusal, shop_zone(), at=now())
        title, advice = said.customer_message, said.what_customer_can_do
        if is_mine:
            title, advice = _("This receipt is already on your card."), ""
        joins = not self.held and not self.merchant.closed and why_no_new_card(self.program, now()) is None
        join_url = reverse("join", args=[self.merchant.slug, self.program.slug]) if joins else ""
        context = self._context() | {"title": title, "advice": advice, "is_mine": is_mine, "join_url": join_url}
        status = 200 if is_mine else status_of(refusal)
        return render(self.request, "joining/claim_refused.html", context, status=status)

    def _is_mine(self) -> bool:
        claim = self.found.claim
        return self.held is not None and claim is not None and claim.card_id == self.held.id

    def _take_in(self) -> HttpResponse:
        if refusal := why_no_new_card(self.program, now()):
            return self.refuse(refusal)
        count_join(self.request, self.merchant)
        form = JoinForm(self.request.POST, asks_for=self.terms.asks_for, shop=self.merchant)
        if not form.is_valid():
            return self.show(join=form)

        def join() -> str:
            stamped = join_with_code(
                self.merchant,
                self.code,
                self.terms,
                locale=str(get_language()),
                details=form.details,
                consent=form.consent,
            )
            return card_token(stamped.card.id, stamped.card.issue)

        token = self._once("join", join)
        response = to_card(self.request, self.merchant, token)
        remember_card(response, self.merchant, self.program, token)
        return self._with_notice(response, token)

    def _take_by_number(self) -> HttpResponse:
        form = NumberForm(self.request.POST)
        card_id = self._card_numbered(form) if form.is_valid() else None
        if card_id is None:
            return self.show(number=form)
        number = plain_number(form.cleaned_data["number"])

        def put() -> str:
            return claim_code(self.merchant, self.code, card_id).card.id.hex

        self._once(f"number {card_id.hex}", put)
        context = self._context() | {"number": group_digits(number)}
        return render(self.request, "joining/claimed.html", context)

    def _card_numbered(self, form: NumberForm) -> UUID | None:
        """The card of this program with that number; else the form says what is wrong. Refuses: TooManyAttempts."""
        number = plain_number(form.cleaned_data["number"])
        if not is_short_number(number):
            form.add_error("number", _("A digit in this number is wrong or missing."))
            return None
        with merchant_reads(self.merchant.id) as tx:
            ref = ask_card_by_short_number(tx, number).row()
        card = _read(self.merchant, ref.id) if ref else None
        if card is None or card.program_id != self.program.id:
            _count_miss(self.request, self.merchant)
            form.add_error("number", _("No card of this program has this number."))
            return None
        return card.id

    def _once(self, what: str, act: Any) -> str:
        """The same form sent twice has one effect and one answer."""
        key = self.request.POST.get("key", "")

        def explained(refusal: Refusal) -> Answer:
            raise refusal

        answer = answer_once(
            self.merchant.id,
            key=f"claim:{key if KEY.fullmatch(key) else new_id().hex}",
            fingerprint=fingerprint(what, self.code),
            act=lambda: Answer(201, act().encode()),
            explain=explained,
        )
        return answer.body.decode()

    def _to_held(self) -> HttpResponse:
        assert self.token, "a held card has a link"
        return self._with_notice(to_card(self.request, self.merchant, self.token), self.token)

    def _with_notice(self, response: HttpResponse, token: str) -> HttpResponse:
        path = reverse("card", args=[self.merchant.slug, token])
        response.set_cookie(COLLECTED, "1", path=path, max_age=COLLECTED_LASTS, **cookie_walls())
        return response

    def _context(self) -> dict[str, Any]:
        design = design_of(self.merchant.id, self.terms.version_id)
        milestones = [step.stamps for step in self.terms.milestones]
        stamps, goal = (self.held.stamps, self.held.goal) if self.held else (0, self.terms.goal)
        return shop_context(self.merchant, self.terms) | {
            "worth": say_worth(self.found.batch),
            "until": self.found.batch.expires,
            "offer": offer_of(self.terms),
            "strip": SafeString(draw_card_strip_svg(design, stamps, goal, milestones, page_direction())),
            "card_url": reverse("card", args=[self.merchant.slug, self.token]) if self.held else "",
            "lost_url": "" if self.merchant.closed else reverse("lost-card", args=[self.merchant.slug]),
        }


@shop_page
def _open(request: HttpRequest, merchant: Merchant, code: str) -> HttpResponse:
    return _lead_on(request, merchant, code)


def _lead_on(request: HttpRequest, merchant: Merchant, code: str) -> HttpResponse:
    try:
        found = _find(request, merchant, code)
    except UnknownReceiptCode as refusal:
        return _ask_for_code(request, merchant, code, refusal)
    program = Program.objects.get(merchant=merchant, id=found.batch.program_id)
    where = reverse("claim-receipt", args=[merchant.slug, program.slug, plain_signs(code)])
    return HttpResponseRedirect(where, status=303)


def _find(request: HttpRequest, merchant: Merchant, code: str) -> FoundCode:
    """Refuses: UnknownReceiptCode; TooManyAttempts where many were tried that nobody has made."""
    try:
        return find_code(merchant, code)
    except UnknownReceiptCode as refusal:
        if type(refusal) is UnknownReceiptCode:
            _count_miss(request, merchant)
        raise


def _count_miss(request: HttpRequest, merchant: Merchant) -> None:
    count_attempt(f"receipt:{merchant.id}:{visitor_address(request)}", most=MOST_MISSES, within=WITHIN)


def _ask_for_code(
    request: HttpRequest, merchant: Merchant, typed: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    context = frame_context(merchant) | {
        "typed": plain_signs(typed)[:LONGEST_SHOWN],
        "said": explain(refusal, shop_zone()) if refusal else None,
        "merchant_slug": merchant.slug,
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "joining/receipt_code.html", context, status=status)


def _read(merchant: Merchant, card_id: UUID) -> CardRow:
    with merchant_reads(merchant.id) as tx:
        return read_card(tx, card_id)[0]
