"""Questions about a whole shop, which may take longer than any that somebody waits for."""

from collections.abc import Mapping
from uuid import UUID

from stampwell.transactions import merchant_transaction


def ask_at_length[Value](merchant_id: UUID, kind: type[Value], sql: str, asked: Mapping[str, object]) -> list[Value]:
    """The values of the first column; the shop is `shop` in the statement. It blocks nobody: the shop is hidden."""
    with merchant_transaction(merchant_id) as tx:
        tx.write("SET LOCAL statement_timeout = 0")
        return tx.values(kind, sql, {"shop": merchant_id, **asked})
