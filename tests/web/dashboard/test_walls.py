"""Nothing of a rival is seen or touched from a desk: every route, with a rival's ids and with unknown ones."""

import re
from collections.abc import Iterator

from django.urls import URLPattern
from django.urls.resolvers import RoutePattern

from stampwell.cards.merging import merge_customers
from stampwell.cards.models import Stamp
from stampwell.clock import new_id, now
from stampwell.counter.handing_over import hand_over
from stampwell.customers.models import CustomerNote
from stampwell.customers.noting import add_note
from stampwell.events.models import Event
from stampwell.exports.asking import ask_for_export
from stampwell.ids import private_id, public_id
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.hiring import invite_person
from stampwell.merchants.models import Picture
from stampwell.programs.saved_drafts import save_draft
from stampwell.receipts.making import Wanted, make_batch
from stampwell.web.dashboard.urls import urlpatterns
from tests.imports.working import PEOPLE, receive
from tests.offline.waiting import waiting_scan
from tests.programs.test_replacing_codes import plan
from tests.reconciling.working import hand_in, line_of, report_of
from tests.redeem_codes.working import pool_of
from tests.redeem_codes.working import receive as receive_codes
from tests.vouchers.test_codes_by_location import offer_of
from tests.web.dashboard.desk import DeskClient
from tests.web.dashboard.test_cards import stamp
from tests.world import HeldCard, Shop

KINDS = {
    "program": "prg",
    "card": "crd",
    "reconciliation": "rcn",
    "customer": "cus",
    "note": "cno",
    "stamp": "stp",
    "voucher": "vch",
    "redemption": "rdm",
    "person": "stf",
    "station": "stn",
    "location": "loc",
    "key": "key",
    "picture": "pic",
    "invitation": "inv",
    "export": "exp",
    "merge": "mrg",
    "import_id": "imp",
    "draft": "drf",
    "batch": "rcb",
    "pool": "cdp",
    "codes": "cdb",
    "kept": "ksc",
    "reward": "rwd",
    "successor": "csu",
}
NO_ID = {
    "paper": "a4",
    "kind": "png",
    "locale": "en",
    "name": "cup",
    "number": "1",
    "merchant_slug": "nowhere",
    "secret": "0" * 40,
}
_PARAMETER = re.compile(r"<\w+:(\w+)>")


def routes_with_ids() -> Iterator[tuple[str, list[str]]]:
    for route in urlpatterns:
        assert isinstance(route, URLPattern)
        assert isinstance(route.pattern, RoutePattern)
        text = str(route.pattern)
        names = [name for name in _PARAMETER.findall(text) if name not in NO_ID]
        if names:
            yield text, names


def fill(route: str, ids: dict[str, str]) -> str:
    return "/" + _PARAMETER.sub(lambda found: (NO_ID | ids)[found[1]], route)


def everything_of(shop: Shop) -> dict[str, str]:
    offer = shop.publish()
    card: HeldCard = offer.card(name="Theirs")
    given = stamp(card, 10)
    used = hand_over(shop.merchant, card.open_vouchers[0].id, actor=shop.actor)
    station, _credential = shop.scanner()
    key, _text = issue_api_key(shop.merchant, name="Till", scopes=["cards:read"])
    picture = Picture.objects.create(merchant=shop.merchant, content=b"png")
    invitation, _secret = invite_person(
        shop.merchant, email="eve@evil.example", name="Luca", role="manager", locale="en", by=shop.ada
    )
    export = ask_for_export(shop.merchant, "days", "csv", wanted={}, locale="en", actor=shop.actor)
    other = offer.card(name="Theirs too").row.customer_id
    merge = merge_customers(shop.merchant, offer.card(name="Theirs again").row.customer_id, other, actor=shop.actor)
    draft = save_draft(shop.merchant, {}, name="Theirs", program=None, seen=None, actor=shop.actor)
    add_note(shop.merchant, card.row.customer_id, "Theirs", staff_member_id=shop.ada.id)
    codes = make_batch(shop.merchant, Wanted(program_id=offer.program.id), size=2, name="Theirs", actor=shop.actor)
    pool = pool_of(shop)
    shared = offer_of(shop, {})
    return {
        "reward": public_id("rwd", shared.terms.rewards[0].id),
        "successor": public_id("csu", plan(shared, "THEIRS").id),
        "batch": public_id("rcb", codes.id),
        "pool": public_id("cdp", pool.id),
        "codes": public_id("cdb", receive_codes(shop, pool, "Code\nTHEIRS\n")),
        "kept": public_id("ksc", waiting_scan(shop, card)),
        "note": public_id("cno", CustomerNote.objects.get(merchant=shop.merchant).id),
        "draft": public_id("drf", draft.draft_id),
        "program": public_id("prg", offer.program.id),
        "card": public_id("crd", card.id),
        "customer": public_id("cus", card.row.customer_id),
        "stamp": given,
        "voucher": public_id("vch", card.open_vouchers[0].id),
        "redemption": used.facts.redemption.id,
        "person": public_id("stf", shop.hire("Luca").id),
        "station": public_id("stn", station.id),
        "location": public_id("loc", shop.location.id),
        "key": public_id("key", key.id),
        "picture": public_id("pic", picture.id),
        "invitation": public_id("inv", invitation.id),
        "export": public_id("exp", export.id),
        "merge": public_id("mrg", merge.merge.id),
        "reconciliation": public_id("rcn", hand_in(shop, report_of(line_of("Theirs", now())))),
        "import_id": public_id("imp", receive(shop, PEOPLE + "Theirs;t@evil.example;;;;2;\n")),
    }


def unknown_ids() -> dict[str, str]:
    return {name: public_id(kind, new_id()) for name, kind in KINDS.items()}


def body(content: bytes) -> str:
    """Without what differs by nature: the address, and the token that is new each time."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|[Cc][Ss][Rr][Ff]\S*[^>]*>', "", content.decode())
    return re.sub(r"\w{2,4}_[0-9a-f]{32}", "ID", text)


def test_every_route_answers_a_rivals_id_like_an_unknown_one(desk: DeskClient, rossi: Shop) -> None:
    theirs, unknown = everything_of(rossi), unknown_ids()
    events = Event.objects.filter(merchant=rossi.merchant).count()

    for route, _names in routes_with_ids():
        for ask in (desk.open, lambda path: desk.send(path, reason="x", count="1", reward=theirs["card"])):
            foreign, missing = ask(fill(route, theirs)), ask(fill(route, unknown))
            assert foreign.status_code in (404, 405), route
            assert (foreign.status_code, body(foreign.content)) == (missing.status_code, body(missing.content)), route
    assert Event.objects.filter(merchant=rossi.merchant).count() == events


def test_a_rivals_part_on_ones_own_card_is_unknown(desk: DeskClient, card: HeldCard, rossi: Shop) -> None:
    theirs = everything_of(rossi) | {"card": public_id("crd", card.id)}

    for route, names in routes_with_ids():
        if "card" in names and len(names) > 1:
            assert desk.send(fill(route, theirs), reason="x").status_code == 404, route
    assert Stamp.objects.filter(merchant=rossi.merchant).count() == 1


def test_a_stamp_of_another_card_is_not_undone_here(desk: DeskClient, card: HeldCard) -> None:
    other = card.shop.publish(name="Tea card").card()
    given = stamp(other, 1)

    answer = desk.send(f"/cards/{public_id('crd', card.id)}/stamps/{given}/reversal/", reason="x")

    assert answer.status_code == 404
    assert Stamp.objects.filter(reverses_id=private_id("stp", given)).count() == 0


def test_lists_show_nothing_of_a_rival(desk: DeskClient, rossi: Shop) -> None:
    everything_of(rossi)

    for path in ("/", "/cards/", "/cards/?q=Theirs", "/programs/", "/team/", "/settings/", "/settings/keys/"):
        page = desk.open(path).content.decode()
        assert "Theirs</" not in page, path
        assert "Luca" not in page, path
        assert "Rossi" not in page, path


def test_malformed_ids_are_unknown_too(desk: DeskClient, lume: Shop) -> None:
    for route, names in routes_with_ids():
        for bad in ("x", "crd_", "crd_" + "g" * 32, "%00", "a" * 10_000):
            answer = desk.open(fill(route, dict.fromkeys(names, bad)))
            assert answer.status_code in (404, 405), (route, bad[:20])
