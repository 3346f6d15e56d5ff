"""Every table that holds something of a shop, in an order in which each is empty before what its rows name.

The test beside this list reads both from the database's own catalogue, so a new table cannot be forgotten here.
"""

from stampwell.transactions import Statements

# Those at the top make the worker act for the shop: they go first, so that nothing is sent or done meanwhile.
TABLES = (
    "webhook_delivery",
    "webhook_endpoint",
    "registration",
    "google_offer_link",
    "google_object",
    "google_nonce",
    "wallet_feed",
    "pass",
    "device",
    "event_cursor",
    "event_feed",
    "event",
    "daily_total",
    "event_stretch",
    "event_kind",
    "card_standing",
    "monthly_total",
    "hourly_total",
    "card_figure",
    "card_life",
    "refusal_total",
    "redemption_total",
    "purchase_total",
    "hand_total",
    "hand_on_card",
    "seen_oddity",
    "own_card",
    "stored_answer",
    "kept_scan",
    "device_key",
    "export",
    "card_import",
    "reconciled_row",
    "reconciliation",
    "voucher_confirmation",
    "reversal",
    "redemption",
    "reached_milestone",
    "draw",
    "draw_tally",
    "draw_chain",
    "completed_round",
    "voucher",
    "stamped_receipt",
    "honoured_paper",
    "receipt_claim",
    "receipt_batch",
    "receipt_series",
    "stamp",
    "day_count",
    "replaced_link",
    "recovery_link",
    "merged_card",
    "card",
    "customer_merge",
    "consent",
    "erasure_warning",
    "retention",
    "paper_rules",
    "customer_note",
    "sent_message",
    "tagging",
    "tag",
    "customer",
    "brought_secret",
    "program_draft",
    "code_successor",
    "milestone",
    "prize",
    "reward",
    "program_version",
    "program",
    "pool_code",
    "code_batch",
    "code_pool",
    "picture",
    "imprint",
    "desk_change",
    "team_invitation",
    "station",
    "api_key",
    "staff_member",
    "location",
)
# The key of an event begins with its time; by its id alone every month would be looked through.
_KEYS = {"event": "at, id"}


def empty_further(tx: Statements, table: str, *, most: int) -> int:
    """Deletes the newest rows of the shop there, and returns how many. A row may name an older one of its table."""
    key = _KEYS.get(table, "id")
    newest = ", ".join(f"{column} DESC" for column in key.split(", "))
    sql = f"""
        DELETE FROM {table} WHERE merchant_id = %(merchant)s AND ({key}) IN (
            SELECT {key} FROM {table} WHERE merchant_id = %(merchant)s ORDER BY {newest} LIMIT %(most)s
        ) RETURNING 1
    """
    return len(tx.values(int, sql, {"merchant": tx.merchant_id, "most": most}))


def empty(tx: Statements, table: str) -> int:
    """Deletes whatever came there since it was emptied."""
    return len(tx.values(int, f"DELETE FROM {table} WHERE merchant_id = %s RETURNING 1", (tx.merchant_id,)))
