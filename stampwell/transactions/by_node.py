"""What is asked about several shops of one person: once for each node that some of them lie on, and not once each."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

from stampwell.transactions.bulkhead import passage
from stampwell.transactions.nodes import node_of


def ask_each_node[Row](merchants: Iterable[UUID], ask: Callable[[list[UUID]], Iterable[Row]]) -> list[Row]:
    """What `ask` finds about all of them; it is called once where there is one database. Raises Crowded."""
    together: dict[str | None, list[UUID]] = defaultdict(list)
    for merchant_id in merchants:
        together[node_of(merchant_id)].append(merchant_id)
    found: list[Row] = []
    for of_node in together.values():
        with passage(of_node[0]):  # its node, which is what hangs where a shop does
            found += ask(of_node)
    return found
