"""One merchant, one transaction: the only way to write.

`merchant_transaction` opens one and yields its `Statements`; `one_write` does a step without locks, for the fast lane;
`merchant_reads`, `ask_row` and `ask_rows` read outside of any; `read_aside` reads what is only shown, from a replica
where there is one. `packet` sends several statements to the database at once; nobody else needs to know it. `all_shops`
looks over all merchants. Code that asks the database about a shop outside of a transaction, first thing in a request,
does so inside `passage`: a shop that hangs then cannot take all threads. `ask_each_node` is that for the shops of one
person, all at once.
"""

from stampwell.transactions.all_shops import for_each_merchant, merchants_in_directory, merchants_where
from stampwell.transactions.bulkhead import passage
from stampwell.transactions.by_node import ask_each_node
from stampwell.transactions.many_rows import plan_once
from stampwell.transactions.merchant import (
    TOO_LONG,
    Later,
    Obstacle,
    Statements,
    ask_row,
    ask_rows,
    merchant_reads,
    merchant_transaction,
    raw_connection,
    unless,
)
from stampwell.transactions.one_write import NeedsLocks, one_write
from stampwell.transactions.replica import read_aside
from stampwell.transactions.row_classes import columns_of

__all__ = [
    "TOO_LONG",
    "Later",
    "NeedsLocks",
    "Obstacle",
    "Statements",
    "ask_each_node",
    "ask_row",
    "ask_rows",
    "columns_of",
    "for_each_merchant",
    "merchant_reads",
    "merchant_transaction",
    "merchants_in_directory",
    "merchants_where",
    "one_write",
    "passage",
    "plan_once",
    "raw_connection",
    "read_aside",
    "unless",
]
