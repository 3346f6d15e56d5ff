"""One line of the journal: what happened, and what the customer saw then."""

from http import HTTPStatus

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stampwell.journal.history import Line, event_of_line, lines_of
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.desk import Desk, for_everyone
from stampwell.web.dashboard.form_keys import Said, new_key
from stampwell.web.dashboard.journal.seen_by_customer import Seen, seen_after


class ShownLine(msgspec.Struct, frozen=True):
    line: Line
    card: CardLabel | None
    seen: Seen | None


@require_safe
@for_everyone
def line_page(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    return draw_line(request, desk, number)


def draw_line(request: HttpRequest, desk: Desk, number: int, refused: Said | None = None) -> HttpResponse:
    """The page, also where something that was to be done in this line was refused. Refuses: NotFound."""
    context = {
        "desk": desk,
        "here": "journal",
        "shown": show_line(desk.merchant, number),
        "refused": refused,
        "typed": request.POST,  # what was refused stands in its form again
        "once": new_key(),
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, "dashboard/journal_line.html", context, status=status)


def show_line(merchant: Merchant, number: int) -> ShownLine:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        event = event_of_line(tx, number)
        if event is None:
            raise NotFound
        (line,) = lines_of(tx, merchant, [event])
        card = label_cards(tx, [event.card_id]).get(line.card_id or "") if event.card_id else None
        return ShownLine(line, card, seen_after(tx, merchant, event))
