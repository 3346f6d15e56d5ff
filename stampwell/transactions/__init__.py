"""One merchant, one transaction: the only way to write.

`merchant_transaction` opens one and yields its `Statements`; `ask_row` reads one row outside of any. `packet` sends
several statements to the database at once; nobody else needs to know it.
"""

from stampwell.transactions.merchant import Later, Statements, ask_row, merchant_transaction, raw_connection

__all__ = ["Later", "Statements", "ask_row", "merchant_transaction", "raw_connection"]
