"""What of a shop goes along: each table of `removal/tables.py`, with what is decided about it.

The order is that list backwards: a row comes after all that it names. The test beside this list reads the tables from
the database's own catalogue, so a new one cannot be forgotten here.
"""

from stampwell.removal.tables import TABLES

COUNTED_ANEW = {
    "daily_total": "by a follower, from the events",
    "monthly_total": "the same",
    "hourly_total": "the same",
    "event_kind": "the same",
    "event_stretch": "the same",
    "card_standing": "the same",
    "card_figure": "the same",
    "card_life": "the same",
    "refusal_total": "the same",
    "redemption_total": "the same",
    "purchase_total": "the same",
    "hand_total": "the same",
    "hand_on_card": "the same",
    "draw_tally": "by the clock, from the draws",
    "event_cursor": "each follower of the other end begins by itself",
}
STAYS = {
    "brought_secret": "its secrets go along with the others, in a part of their own",
    "google_nonce": "a callback that is sent again changes nothing",
    "export": "a file in the data folder, which ends after a day",
    "recovery_link": "a link by mail, which ends after an hour",
    "card_import": "its file and its jobs stay, so nobody undoes it at the other end; its cards go along",
    "reconciliation": "the till's file and its job stay; what it has confirmed goes along",
    "reconciled_row": "the same",
    "team_invitation": "accounts do not go along: whoever had one is invited anew",
    "webhook_endpoint": "whoever receives events is connected anew, or would hear of them from both ends",
    "webhook_delivery": "the same",
    "day_count": "counts of these days, by people and devices that begin anew",
    "seen_oddity": "what looks odd is looked at anew at the other end",
    "job": "a shop with an open job does not leave",
}
# Columns that mean something in one installation only: neither written nor taken.
LEFT_OUT = {
    "merchant": {"deleting", "own_codes_closed_until"},
    "staff_member": {"user_id"},
}
# How a column begins at the other end, where it is not as it was.
BEGINS_AS = {
    ("code_batch", "check_job_id"): "NULL",
    ("code_batch", "job_id"): "NULL",
    ("code_batch", "found"): "'{}'",
    ("registration", "due"): "NULL",
    ("voucher_confirmation", "reconciliation_id"): "NULL",
    ("registration", "tries"): "0",
    ("google_object", "due"): "NULL",
    ("google_object", "leased_until"): "NULL",
    ("google_object", "tries"): "0",
    ("google_object", "refusals"): "0",
}
# Their secrets go along, so their issue is written as one that was brought (`brought.secrets`).
WITH_SECRETS = ("card", "voucher", "pass")
# Under the installation's key; in the archive as it is.
SEALED = {"stored_answer": "body", "receipt_batch": "secret", "receipt_series": "secret", "draw_chain": "secret"}
PACKED = {"event": "data"}  # as JSON in the archive
PICTURES = {"picture": "content"}
SHOP, SECRETS, PEOPLE = "merchant", "secrets", "people"
WITHOUT_TABLE = (SECRETS, PEOPLE)
_ORDER = {"event": "at, id"}  # as its key does


def travelling_tables() -> list[str]:
    """In the order in which their rows may be inserted."""
    return [table for table in reversed(TABLES) if table not in COUNTED_ANEW and table not in STAYS]


def all_parts() -> list[str]:
    return [SHOP, SECRETS, *travelling_tables(), PEOPLE]


def order_of(table: str) -> str:
    return _ORDER.get(table, "id")
