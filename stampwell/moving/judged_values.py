"""Columns of which each value is one of a list: what else stands there."""

from collections.abc import Collection, Iterator
from typing import get_args
from uuid import UUID

from django.conf import settings

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE
from stampwell.cards.paper_rules import MOST_A_DAY as MOST_PAPERS_A_DAY
from stampwell.cards.rows import State as CardState
from stampwell.customers.messages import Outcome
from stampwell.draws.prizes import Why
from stampwell.draws.seeds import DAYS, PARTS
from stampwell.events.actors import Source
from stampwell.events.desk_changes import CHANGE_KINDS
from stampwell.events.recording import EventType
from stampwell.merchants.access import Scope
from stampwell.merchants.models import StaffMember, Station
from stampwell.moving.asking import ask_at_length
from stampwell.offline.rows import State as KeptState
from stampwell.programs.limits import MOST_MONEY
from stampwell.programs.terms import Path, PrizeKind
from stampwell.receipts.codes import MOST_CODES
from stampwell.receipts.making import MOST_A_DAY
from stampwell.receipts.rows import BatchKind
from stampwell.receipts.series_codes import MOST_DIGITS, NUMBER_BITS
from stampwell.redeem_codes.formats import FORMATS
from stampwell.redeem_codes.pools import MOST_LOW
from stampwell.redeem_codes.rows import BatchKind as CodeBatchKind
from stampwell.redeem_codes.rows import HandOutAt
from stampwell.sheets.limits import MOST_COLUMNS, MOST_ROWS
from stampwell.vouchers.rows import State as VoucherState

_SOURCES = get_args(Source)
_PATHS = get_args(Path)
_LISTS: dict[tuple[str, str], Collection[str]] = {
    ("staff_member", "role"): StaffMember.Role.values,
    ("station", "kind"): Station.Kind.values,
    ("desk_change", "kind"): CHANGE_KINDS,
    ("reward", "path"): _PATHS,
    ("card", "state"): get_args(CardState),
    ("stamp", "source"): _SOURCES,
    ("receipt_batch", "kind"): get_args(BatchKind),
    ("code_pool", "format"): FORMATS,
    ("code_pool", "handed_out"): get_args(HandOutAt),
    ("code_batch", "kind"): get_args(CodeBatchKind),
    ("code_batch", "source"): _SOURCES,
    ("voucher", "state"): get_args(VoucherState),
    ("redemption", "path"): _PATHS,
    ("redemption", "source"): _SOURCES,
    ("kept_scan", "source"): _SOURCES,
    ("kept_scan", "state"): get_args(KeptState),
    ("draw", "why"): get_args(Why),
    ("prize", "kind"): get_args(PrizeKind),
    ("sent_message", "outcome"): get_args(Outcome),
    ("event", "type"): get_args(EventType),
    ("event", "source"): _SOURCES,
}
_IN_A_LANGUAGE = ("customer", "card")
_OTHERS = "SELECT DISTINCT {column} FROM {table} WHERE merchant_id = %(shop)s AND {column} <> ALL(%(known)s) LIMIT 10"
_SCOPES = "SELECT DISTINCT unnest(scopes) AS scopes FROM api_key WHERE merchant_id = %(shop)s"
_OBJECTS = (("program", "printed"), ("desk_change", "before"), ("desk_change", "after"))
_NO_OBJECT = "SELECT 1 FROM {table} WHERE merchant_id = %(shop)s AND jsonb_typeof({column}) <> 'object' LIMIT 1"
# What grows by one with each change: from further on it would soon reach the end of its column.
_COUNTERS = {
    ("card", "revision"): (1, 2**30),
    ("card", "issue"): (-(2**30), 2**30),
    ("voucher", "issue"): (-(2**30), 2**30),
    ("card", "last_step"): (0, 2**40),
    ("stamp", "count"): (-(2**20), 2**20),
    ("event_feed", "last_sequence"): (0, 2**60),
    ("wallet_feed", "last_tag"): (0, 2**60),
    ("pass", "tag"): (0, 2**60),
    ("pass", "touched"): (0, 2**60),
    ("station", "shift_number"): (0, 2**30),
    ("station", "kept_scans"): (0, 2**30),
    ("station", "turned_away"): (0, 2**30),
    ("receipt_batch", "number"): (0, 2**40 - 1),
    ("receipt_batch", "size"): (1, MOST_CODES),
    ("receipt_batch", "daily_limit"): (1, MOST_A_DAY),
    ("receipt_series", "number"): (0, 2**NUMBER_BITS - 1),
    ("receipt_series", "digits"): (1, MOST_DIGITS),
    ("receipt_series", "daily_limit"): (1, MOST_A_DAY),
    ("code_pool", "low_at"): (0, MOST_LOW),
    ("code_batch", "size"): (0, 2**40),
    ("code_batch", "rows"): (0, MOST_ROWS),
    ("code_batch", "codes"): (0, MOST_ROWS),
    ("code_batch", "withdrawn"): (0, MOST_ROWS),
    ("code_batch", "leaked"): (0, MOST_ROWS),
    ("code_batch", "place"): (0, MOST_COLUMNS),
    ("pool_code", "returned"): (0, 2**14),
    ("honoured_paper", "number"): (1, MOST_PAPERS_A_DAY),
    ("redemption", "scan_seconds"): (0, 2**30),
    ("retention", "day_number"): (0, 2**30),
    ("retention", "budget"): (0, 2**30),
    ("retention", "told"): (0, 2**30),
    ("retention", "erased"): (0, 2**30),
    ("erasure_warning", "day_number"): (0, 2**30),
    ("program_draft", "revision"): (1, 2**29),
    ("draw_chain", "days"): (1, DAYS),
    ("draw_chain", "drawn"): (0, 2**30),
    ("draw", "number"): (1, 2**30),
    ("draw", "value"): (0, PARTS - 1),
    ("draw", "taken_back_after"): (1, 2**30),
    ("kept_scan", "sequence"): (1, 2**53),
    ("kept_scan", "count"): (1, MOST_STAMPS_AT_ONCE),
    ("kept_scan", "amount"): (1, MOST_MONEY),
    ("kept_scan", "given"): (0, 2**20),
}
_BEYOND = """
    SELECT {column} FROM {table} WHERE merchant_id = %(shop)s AND {column} NOT BETWEEN %(least)s AND %(most)s LIMIT 1
"""


def unknown_values(merchant_id: UUID) -> Iterator[str]:
    lists = _LISTS | {(table, "locale"): [code for code, _name in settings.LANGUAGES] for table in _IN_A_LANGUAGE}
    for (table, column), known in lists.items():
        sql = _OTHERS.format(table=table, column=column)
        for value in ask_at_length(merchant_id, str, sql, {"known": list(known)}):
            yield f"“{table}” has the {column} “{value}”, which there is not."
    for scope in set(ask_at_length(merchant_id, str, _SCOPES, {})) - set(Scope):
        yield f"“api_key” has the right “{scope}”, which there is not."
    for table, column in _OBJECTS:
        if ask_at_length(merchant_id, int, _NO_OBJECT.format(table=table, column=column), {}):
            yield f"“{table}” has a {column} that names nothing."
    for (table, column), (least, most) in _COUNTERS.items():
        sql = _BEYOND.format(table=table, column=column)
        for number in ask_at_length(merchant_id, int, sql, {"least": least, "most": most}):
            yield f"“{table}” has the {column} {number}, which nothing counts up to."
