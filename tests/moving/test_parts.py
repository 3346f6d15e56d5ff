"""For each table of a shop somebody has decided whether it goes along."""

import ast
from pathlib import Path

import pytest
from django.db import connection

import stampwell
from stampwell.brought.secrets import PURPOSES
from stampwell.moving import parts
from stampwell.removal.tables import TABLES

TRAVELS = {
    *("location", "staff_member", "api_key", "station", "desk_change", "picture", "imprint", "device_key", "kept_scan"),
    *("program", "program_version", "reward", "milestone", "prize", "program_draft", "code_successor"),
    *("code_pool", "code_batch", "pool_code"),
    *(
        "customer",
        "tag",
        "tagging",
        "customer_note",
        "sent_message",
        "consent",
        "customer_merge",
        "retention",
        "paper_rules",
        "erasure_warning",
    ),
    *(
        "card",
        "merged_card",
        "replaced_link",
        "stamp",
        "stamped_receipt",
        "honoured_paper",
        "own_card",
        "receipt_batch",
        "receipt_claim",
        "receipt_series",
        "voucher",
        "completed_round",
        "reached_milestone",
        "draw",
        "draw_chain",
    ),
    *("redemption", "reversal", "voucher_confirmation", "stored_answer", "event", "event_feed"),
    *("device", "pass", "wallet_feed", "google_object", "google_offer_link", "registration"),
}
# They seal what is theirs, and a shop that leaves takes it along unsealed (`parts.SEALED`), or it belongs to no shop.
SEAL = {
    "requests/once.py": "stored_answer.body",
    "requests/rewriting.py": "the same",
    "receipts/making.py": "receipt_batch.secret",
    "draws/chains.py": "draw_chain.secret",
    "mail/queue.py": "mail belongs to no shop",
    "webhooks/connecting.py": "webhook_endpoint, which stays",
    "wallet/sealed_files.py": "a certificate of the installation",
    "brought/secrets.py": "brought_secret.sealed",
    "moving/inserting.py": "both",
    "moving/at_desk.py": "export, which stays",
    "offline/shifts.py": "a text that devices show; no row holds it",
    "web/scanner/named_cards.py": "a text that a form shows; no row holds it",
}


def calls_of(name: str) -> dict[str, list[ast.Call]]:
    """By the file that makes them."""
    root = Path(stampwell.__file__).parent
    found: dict[str, list[ast.Call]] = {}
    for file in root.rglob("*.py"):
        text = file.read_text()
        for node in ast.walk(ast.parse(text)) if f"{name}(" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                found.setdefault(str(file.relative_to(root)), []).append(node)
    return found


def test_each_table_goes_along_or_somebody_has_said_why_not() -> None:
    """A new table: say here that it travels, or in `moving/parts.py` why it does not."""
    assert set(parts.travelling_tables()) == TRAVELS
    assert {*parts.COUNTED_ANEW, *parts.STAYS} | TRAVELS == {*TABLES, "job"}


@pytest.mark.django_db
def test_no_row_names_what_only_one_installation_knows() -> None:
    """A key to a table that does not go along is left out of the archive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)"
            " WHERE c.contype = 'f' AND c.conparentid = 0 AND a.attname <> 'merchant_id'"
        )
        keys = cursor.fetchall()
    known = {*TRAVELS, "merchant"}

    left_out = {(table, column) for table, columns in parts.LEFT_OUT.items() for column in columns}
    wrong = [key for key in keys if key[0] in TRAVELS and key[2] not in known and key[:2] not in left_out]

    assert wrong == []


def test_every_secret_of_a_row_goes_along() -> None:
    asked = [call for calls in calls_of("secret_of").values() for call in calls]
    purposes = {call.args[0].value for call in asked if isinstance(call.args[0], ast.Constant)}

    assert purposes == {purpose for named in PURPOSES.values() for purpose in named}
    assert calls_of("derived_secret").keys() == {"brought/secrets.py", "moving/leaving.py", "tokens.py"}
    # PINs that were on their way to the server, and the signs of minutes that are over by then.
    assert calls_of("passing_secret").keys() == {"offline/shifts.py", "vouchers/minute_signs.py"}


def test_whatever_is_sealed_is_known() -> None:
    assert calls_of("seal").keys() == SEAL.keys()
