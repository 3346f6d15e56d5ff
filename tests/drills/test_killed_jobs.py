"""Every kind of job, by workers that are killed at every point of its steps: what is left is what a job leaves whose
worker lived.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing import erase_customer
from stampwell.cards.new_terms import change_terms
from stampwell.cards.recounting import ask_for_recounts, recount
from stampwell.cards.recovering_by_mail import ask_for_link
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now
from stampwell.customers.refolding import ask_for_refolding
from stampwell.exports.asking import find_file, list_exports
from stampwell.imports.asking import ask_to_check, ask_to_undo, ask_to_write
from stampwell.imports.link_mail import ask_to_mail_links
from stampwell.insight.time_zone import change_time_zone
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.mail.models import Mail
from stampwell.merchants.models import Merchant
from stampwell.moving.at_desk import ask_for_archive
from stampwell.programs.drafting import ProgramDraft
from stampwell.redeem_codes.making import ask_to_make
from stampwell.redeem_codes.recipes import Recipe
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.removal.deleting import ask_to_delete
from tests.cards.test_terms_mail import announce
from tests.exports.working import ask
from tests.exports.working import rows_of as rows_of_file
from tests.imports.test_importing import MANY
from tests.imports.working import bring_in, check, choice_of, receive
from tests.jobs.conftest import queue as queue
from tests.jobs.killed_worker import kill_until_done, work_unkilled
from tests.jobs.leavings import leavings
from tests.reconciling.working import ask as ask_to_compare_report
from tests.reconciling.working import coffee_shop, hand_in, line_of, report_of, show_one
from tests.redeem_codes.test_killed import SEVEN
from tests.redeem_codes.working import ask_as_program, file_of, pool_of, stock
from tests.removal.test_deleting import fill
from tests.web.api.client import ApiClient
from tests.web.customer import AT_ONCE
from tests.world import BISCUIT, COFFEE, HeldCard, Shop

pytestmark = [
    pytest.mark.drill,
    pytest.mark.usefixtures("queue"),
    pytest.mark.machine_clock,
]


def give_new_terms(shop: Shop) -> None:
    offer = shop.publish(earning=AT_ONCE)
    for stamps in (0, 4, 7, 8, 9):
        card = offer.card()
        if stamps:
            add_stamp(shop.merchant, card.id, Purchase(count=stamps), actor=shop.actor)
    better = {"name": "Coffee card", "goal": 8, "milestones": [BISCUIT, COFFEE | {"stamps": 8}], "earning": AT_ONCE}
    wanted = msgspec.convert(better, ProgramDraft)
    change_terms(shop.merchant, offer.program.id, wanted, apply="everybody", actor=shop.actor)


def mail_new_terms(shop: Shop) -> None:
    offer = shop.publish(earning=AT_ONCE)
    for number in range(5):
        offer.card(name=f"Guest {number}", email=f"g{number}@x.example")
    announce(offer)


def recount_all(shop: Shop) -> None:
    guests(shop)
    ask_for_recounts()


def refold(shop: Shop) -> None:
    guests(shop)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customer SET search = ' old', folding = NULL WHERE merchant_id = %s", [shop.merchant.id])
    ask_for_refolding()


def mail_links(shop: Shop) -> None:
    guests(shop)
    for number in range(3):
        ask_for_link(shop.merchant, f"g{number}@x.example")


def forget(shop: Shop) -> None:
    """Somebody of whom kept answers tell."""
    offer, till = shop.publish(earning=AT_ONCE), ApiClient(shop.api_key())
    cards = [offer.card(name=f"Guest {number}", external_id=f"Zebediah {number}") for number in range(3)]
    for card in cards:
        till.post(f"/cards/crd_{card.id.hex}/stamps", {"count": 1})
    for card in cards[:2]:
        erase_customer(shop.merchant, card.row.customer_id, actor=shop.actor)


def export(shop: Shop) -> None:
    guests(shop)
    ask(shop, "cards")


def archive(shop: Shop) -> None:
    guests(shop)
    ask_for_archive(shop.merchant, "seven grey herons waiting by the weir", locale="en", actor=shop.actor)


def check_file(shop: Shop) -> None:
    offer, import_id = shop.publish(), receive(shop, MANY + ";not an address;;;;;\n")
    ask_to_check(shop.merchant, import_id, choice_of(shop, offer, import_id), actor=shop.actor)


def write_file(shop: Shop) -> None:
    offer, import_id = shop.publish(), receive(shop, MANY)
    check(shop, offer, import_id)
    ask_to_write(shop.merchant, import_id, actor=shop.actor)


def undo_file(shop: Shop) -> None:
    ask_to_undo(shop.merchant, bring_in(shop, shop.publish(), MANY), actor=shop.actor)


def mail_card_links(shop: Shop) -> None:
    ask_to_mail_links(shop.merchant, bring_in(shop, shop.publish(), MANY), actor=shop.actor)


def add_codes(shop: Shop) -> None:
    ask_as_program(shop, pool_of(shop), file_of([*SEVEN, SEVEN[0], ""]))


def make_some_codes(shop: Shop) -> None:
    """Of eight digits, which `leavings` passes over: two shops draw different ones."""
    ask_to_make(shop.merchant, pool_of(shop, code_format="ean8").id, Recipe(), count=7, actor=shop.actor)


def withdraw_codes(shop: Shop) -> None:
    pool = pool_of(shop)
    revoke_batch(shop.merchant, pool.id, stock(shop, pool, SEVEN), actor=shop.actor)


def compare_report(shop: Shop) -> None:
    offer = coffee_shop(shop)
    used = [show_one(offer, now() - timedelta(hours=number + 1)) for number in range(5)]
    lines = [line_of("FREECOFFEE", one.at, receipt=f"1-{number}") for number, one in enumerate(used)]
    before = [one.at - timedelta(days=2) for one in used]
    leaks = [line_of("FREECOFFEE", at, receipt=f"2-{number}") for number, at in enumerate(before)]
    ask_to_compare_report(shop, hand_in(shop, report_of(*lines, *leaks)))


def delete(shop: Shop) -> None:
    fill(shop)
    Merchant.objects.filter(id=shop.merchant.id).update(closed=now() - timedelta(days=31))
    assert ask_to_delete(shop.merchant.id)


def another_clock(shop: Shop) -> None:
    guests(shop)
    change_time_zone(shop.merchant, "America/Lima", actor=shop.actor)


def guests(shop: Shop) -> list[HeldCard]:
    offer = shop.publish()
    return [offer.card(name=f"Guest {number}", email=f"g{number}@x.example") for number in range(5)]


SCENES: dict[str, tuple[Callable[[Shop], None], list[str]]] = {
    "new_terms": (give_new_terms, ["stampwell.cards.moving_terms"]),
    "terms_mail": (mail_new_terms, ["stampwell.cards.terms_mail"]),
    "recount": (recount_all, ["stampwell.cards.recounting"]),
    "refold": (refold, ["stampwell.customers.refolding"]),
    "recovery_mail": (mail_links, []),
    "forget_erased": (forget, ["stampwell.cards.forgetting"]),
    "export": (export, ["stampwell.exports.cards_sheet"]),
    "archive": (archive, []),
    "check_import": (check_file, ["stampwell.imports.checking"]),
    "write_import": (write_file, ["stampwell.imports.writing"]),
    "undo_import": (undo_file, ["stampwell.imports.undoing", "stampwell.cards.forgetting"]),
    "reconcile": (compare_report, ["stampwell.reconciling.reconcile"]),
    "link_mail": (mail_card_links, ["stampwell.imports.link_mail"]),
    "count_anew": (another_clock, []),
    "stock_codes": (add_codes, ["stampwell.redeem_codes.checking", "stampwell.redeem_codes.stocking"]),
    "make_codes": (make_some_codes, ["stampwell.redeem_codes.making"]),
    "revoke_codes": (withdraw_codes, ["stampwell.redeem_codes.revoking"]),
    "delete_shop": (delete, []),
}


def test_there_is_a_scene_for_each_kind_of_job() -> None:
    assert set(SCENES) == set(KINDS)


@pytest.mark.parametrize("kind", SCENES)
def test_killed_anywhere_it_leaves_what_it_leaves_unkilled(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    prepare, modules = SCENES[kind]
    other, shop = (Shop("Twins", f"sam@{host}.example") for host in ("one", "two"))
    prepare(other)
    assert Job.objects.filter(kind=kind, ended=None).exists()
    work_unkilled(tmp_path, *modules)
    expected = all_of(other)
    prepare(shop)

    deaths = kill_until_done(tmp_path, *modules)

    assert all_of(shop) == expected
    assert recount(shop.merchant.id) == []
    print(f"{kind}: killed {deaths} times")
    assert deaths >= 3


def all_of(shop: Shop) -> dict[str, object]:
    """Mails since the last time, too, and the newest file."""
    mails = list(Mail.objects.values_list("kind", "state"))
    Mail.objects.all().delete()
    exports = [one for one in list_exports(shop.merchant.id) if one.format == "csv"]
    files = [rows_of_file(find_file(shop.merchant.id, one).read_bytes()) for one in exports]
    said = [{name: cell for name, cell in row.items() if name in ("Name", "Email")} for rows in files for row in rows]
    return {**leavings(shop), "mails": mails, "files": said}
