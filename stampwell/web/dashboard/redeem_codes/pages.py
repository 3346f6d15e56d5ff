"""Lists of unique codes: all of them, a new one, one with its stock and its files, its settings."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stampwell.clock import now
from stampwell.counter.own_code_guesses import open_own_codes
from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import active_locale
from stampwell.languages.ordering import sorted_by_name
from stampwell.languages.texts import Texts, text_in
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.models import Program
from stampwell.programs.terms import Terms, terms_of_many
from stampwell.redeem_codes.pools import all_pools, archive_pool, change_pool, find_pool, make_pool
from stampwell.redeem_codes.rows import newest_batches, read_pool
from stampwell.redeem_codes.stock import stock_of
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key, refused, tell
from stampwell.web.dashboard.redeem_codes.forms import NewPoolForm, PoolForm
from stampwell.web.dashboard.redeem_codes.shown import show_batch, show_pool

MOST_BATCHES = 30
HERE = "programs"


@require_safe
@for_managers
def list_pools(request: HttpRequest, desk: Desk) -> HttpResponse:
    wants_archived = "archived" in request.GET
    with merchant_reads(desk.merchant.id) as tx:
        found = all_pools(tx)
        pools = [pool for pool in found if bool(pool.archived) == wants_archived]
        stock = stock_of(tx, pools, at=now())
    shown = sorted_by_name((show_pool(pool, stock[pool.id]) for pool in pools), lambda pool: pool.row.name)
    context = {
        "desk": desk,
        "here": HERE,
        "pools": shown,
        "shows_archived": wants_archived,
        "has_archived": any(pool.archived for pool in found),
    }
    return render(request, "dashboard/code_pools.html", context)


@require_POST
@for_managers
def read_codes_again(_request: HttpRequest, desk: Desk) -> HttpResponse:
    """After too many codes of vouchers were tried in vain, without waiting."""
    open_own_codes(desk.merchant, actor=desk.actor())
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new_pool(request: HttpRequest, desk: Desk) -> HttpResponse:
    form, said = NewPoolForm(request.POST if request.method == "POST" else None), None
    if form.is_bound and form.is_valid():
        said = do_once(request, desk, lambda: _make(desk, form))
        if said.made is not None:
            messages.success(request, said.text)
            return redirect("code_pool", public_id("cdp", said.made))
    status = HTTPStatus.OK if not form.is_bound else HTTPStatus.CONFLICT if said else HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"desk": desk, "here": HERE, "form": form, "refused": said, "once": new_key()}
    return render(request, "dashboard/new_code_pool.html", context, status=status)


@require_safe
@for_managers
def pool_page(request: HttpRequest, desk: Desk, pool: str) -> HttpResponse:
    with merchant_reads(desk.merchant.id) as tx:
        row = read_pool(tx, wanted_id("cdp", pool))
        stock = stock_of(tx, [row], at=now())[row.id]
        batches = newest_batches(tx, row.id, most=MOST_BATCHES)
    names = location_names(desk.merchant) if stock.by_location or any(one.location_id for one in batches) else {}
    context = {
        "desk": desk,
        "here": HERE,
        "pool": show_pool(row, stock),
        "places": [(names.get(place.hex, ""), count) for place, count in sorted(stock.by_location.items())],
        "batches": [show_batch(batch, places=names) for batch in batches],
        "rewards": _rewards_of(desk.merchant, row.id),
    }
    return render(request, "dashboard/code_pool.html", context)


def _rewards_of(merchant: Merchant, pool_id: UUID) -> list[tuple[str, str, str]]:
    """Those of the present programs that take its codes: the program's id, its name and the reward's."""
    programs = Program.objects.filter(merchant=merchant, archived=None).order_by("created")
    offered = terms_of_many(merchant.id, frozenset(program.current_version_id for program in programs))
    terms = [offered[program.current_version_id] for program in programs if program.current_version_id in offered]
    return [
        (public_id("prg", one.program_id), _read(one, one.name), _read(one, reward.name))
        for one in terms
        for reward in one.rewards
        if reward.pool_id == pool_id
    ]


def _read(terms: Terms, texts: Texts) -> str:
    return text_in(texts, active_locale(), terms.locale)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def change(request: HttpRequest, desk: Desk, pool: str) -> HttpResponse:
    row, said = find_pool(desk.merchant.id, wanted_id("cdp", pool)), None
    initial = {name: getattr(row, name) for name in ("name", "handed_out", "low_at", "fallback_code")}
    form = PoolForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            change_pool(desk.merchant, row.id, form.choices(), actor=desk.actor())
            messages.success(request, _("Saved."))
            return redirect("code_pool", pool)
        except Refusal as refusal:
            said = refused(desk, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"desk": desk, "here": HERE, "form": form, "refused": said, "pool_id": pool, "row": row}
    return render(request, "dashboard/change_code_pool.html", context, status=status)


@require_POST
@for_managers
def archive(request: HttpRequest, desk: Desk, pool: str) -> HttpResponse:
    """Sent twice it acts once."""
    try:
        archive_pool(desk.merchant, wanted_id("cdp", pool), actor=desk.actor())
        messages.success(request, _("The list is archived. Vouchers still get its codes."))
    except Refusal as refusal:
        tell(request, refused(desk, refusal))
    return redirect("code_pools")


def location_names(merchant: Merchant) -> dict[str, str]:
    return {place.id.hex: place.name for place in Location.objects.filter(merchant=merchant)}


def _make(desk: Desk, form: NewPoolForm) -> Said:
    """Refuses as `make_pool` does."""
    made = make_pool(
        desk.merchant,
        form.choices(),
        code_format=form.cleaned_data["code_format"],
        barcode_template=form.template,
        actor=desk.actor(),
    )
    return Said(_("The list is ready. Now add the codes of your till."), made=made.id)
