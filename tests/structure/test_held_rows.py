"""What `one_write` relies on: whatever changes a row that a step decides by changes what the step's condition names."""

import ast
import re

from tests.structure.statements import modules

# The columns that the conditions in `redeeming.py` and `cards/rows.py` name. Each change moves one of them on, and none
# ever comes back but a card: a voucher that is ready again has one more reversal. That no till holds it comes back too;
# then it is as it was read.
NAMED = {"voucher": {"state", "reversals", "card_id", "reservation_id"}, "card": {"revision"}}
# When the clock has something to do: the moments themselves are other columns. A voucher that waits for a code of its
# pool is used like any other. That its use was checked is asked only by who holds it to check it. That it was
# handed out without a network, and waits for the owner, is told and holds it for nobody.
DECIDES_NOTHING = {"due", "remind", "waits_since", "checked", "handed_out"}
_UPDATE = re.compile(r"UPDATE (\w+) SET (.*?) WHERE ", re.DOTALL)
_BY_DJANGO = re.compile(r"\b(?:Card|Voucher)\.objects[^\n]*\.(?:update|bulk_update|update_or_create|delete)\(")


def changes() -> list[tuple[str, str, set[str]]]:
    """Where, of which table, and which columns."""
    return [
        (module.__name__, found[1], set(re.findall(r"(\w+) = ", found[2])))
        for _path, module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for found in _UPDATE.finditer(re.sub(r"\s+", " ", node.value))
        if found[1] in NAMED
    ]


def test_every_change_of_a_card_or_a_voucher_is_seen_by_who_read_it_before() -> None:
    unseen = [where for where, table, columns in changes() if not columns & NAMED[table] and columns - DECIDES_NOTHING]

    assert {table for _where, table, _columns in changes()} == NAMED.keys()
    assert unseen == []


def test_cards_and_vouchers_are_changed_by_statements_alone() -> None:
    by_django = [path.name for path, _module, _tree in modules() if _BY_DJANGO.search(path.read_text())]

    assert by_django == []
