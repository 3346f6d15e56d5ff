"""What stands at Google for a row of `google_object`, and the only ways in which that changes.

    state     what stands at Google                               what is sent next
    -------   -------------------------------------------------   ----------------------------------------------------
    absent    nothing, as far as we know                          POST; if Google has it all the same, PUT
    whole     exactly the document whose digest is `digest`       nothing if it is the same; else PATCH, or PUT where
                                                                  a field has to go (a PATCH leaves what it omits)
    unsure    the document before a PATCH or the one after it     the same as for `whole`, but never nothing
    unknown   anything                                            PUT
    ended     exactly `digest`, a document that shows no code     the same as for `whole`, if it comes back to life

The transitions. A row in a state that is not named under "from" stays as it is.

    function           from                                to        when
    ----------------   ---------------------------------   -------   -------------------------------------------------
    write_put          absent whole unsure unknown ended   whole     Google took a whole document, by POST or PUT
    write_patched      absent whole unsure ended           whole     Google took a PATCH
    write_ended        whole unsure unknown ended          ended     Google took a whole document without a code
    write_unsure       whole unsure ended                  unsure    a PATCH got no answer: it may have been taken
    write_unknown      whole unsure unknown ended          unknown   a PUT got no answer, or Google contradicts itself
    write_lost         whole unsure unknown ended          absent    Google does not know it
    doubt_card         whole unsure unknown ended          unknown   somebody sends a card again, with all it needs
    doubt_shop         whole unsure unknown ended          unknown   a restore: Google knows more than we do

A new row is `absent`. Three remarks:

- A PATCH can be taken of what is `absent`: Google says "not found" also when only the class is missing. A PATCH never
  makes an `unknown` document `whole`, for what it omits may still be anything.
- A refusal changes nothing at Google, so it is no state but the column `refused`: Google refused the document that was
  offered last, and `answer` says why. `write_refused` sets it. It is cleared when Google takes something, and by
  `withdraw_refusal`, when the document that stands there is wanted again.
- A PUT removes the links to the offers, and so their rows go with `write_put` and `write_ended`.
"""

from uuid import UUID

from stampwell.clock import now
from stampwell.transactions import Statements, merchant_transaction
from stampwell.wallet.google.http import GoogleProblem
from stampwell.wallet.google.links import forget_links
from stampwell.wallet.google.table import ObjectRow, Shown

LONGEST_ANSWER = 300  # characters

_TAKEN = """
    digest = %(digest)s, fields = %(fields)s, balance = %(balance)s, announced = %(announced)s,
    announcing = %(announcing)s, refused = false, refusals = 0, answered = %(now)s, answer = '', answer_status = 0
"""

# The card, its classes, and those of its offers that have not ended: of the others nobody expects anything.
_DOUBT = """
    UPDATE google_object SET state = 'unknown', digest = NULL
    WHERE merchant_id = %(merchant)s AND state IN ('whole', 'unsure', 'unknown', 'ended') AND removed IS NULL AND (
        card_id = %(card)s AND (kind = 'card' OR state <> 'ended')
        OR kind = 'program_class' AND subject_id = (
            SELECT version_id FROM card WHERE merchant_id = %(merchant)s AND id = %(card)s
        )
        OR kind = 'voucher_class' AND subject_id IN (
            SELECT reward_id FROM voucher WHERE merchant_id = %(merchant)s AND card_id = %(card)s
        )
    )
"""
_DOUBT_ALL = """
    UPDATE google_object SET state = 'unknown', digest = NULL
    WHERE merchant_id = %s AND removed IS NULL
    AND (state IN ('whole', 'unsure', 'unknown') OR state = 'ended' AND kind = 'card')
"""


def write_put(merchant_id: UUID, row: ObjectRow, digest: bytes, shown: Shown) -> None:
    with merchant_transaction(merchant_id) as tx:
        _change(tx, row, "absent whole unsure unknown ended", f"state = 'whole', {_TAKEN}", _taken_facts(digest, shown))
        forget_links(tx, row)


def write_patched(merchant_id: UUID, row: ObjectRow, digest: bytes, shown: Shown) -> None:
    with merchant_transaction(merchant_id) as tx:
        _change(tx, row, "absent whole unsure ended", f"state = 'whole', {_TAKEN}", _taken_facts(digest, shown))


def write_ended(merchant_id: UUID, row: ObjectRow, digest: bytes, fields: list[str]) -> None:
    with merchant_transaction(merchant_id) as tx:
        facts = _taken_facts(digest, Shown(fields=fields))
        _change(tx, row, "whole unsure unknown ended", f"state = 'ended', {_TAKEN}", facts)
        forget_links(tx, row)


def write_unsure(merchant_id: UUID, row: ObjectRow, fields: list[str]) -> None:
    """`fields` are those of the PATCH; they may stand there now, beside those that did before."""
    with merchant_transaction(merchant_id) as tx:
        facts: dict[str, object] = {"fields": sorted({*row.fields, *fields})}
        _change(tx, row, "whole unsure ended", "state = 'unsure', digest = NULL, fields = %(fields)s", facts)


def write_unknown(merchant_id: UUID, row: ObjectRow) -> None:
    with merchant_transaction(merchant_id) as tx:
        _change(tx, row, "whole unsure unknown ended", "state = 'unknown', digest = NULL", {})


def write_lost(merchant_id: UUID, row: ObjectRow) -> None:
    """Written before it is put there again, so that a worker that dies in between leaves the truth."""
    with merchant_transaction(merchant_id) as tx:
        _change(tx, row, "whole unsure unknown ended", "state = 'absent', digest = NULL, fields = '{}'", {})


def doubt_card(tx: Statements, card_id: UUID) -> None:
    """Nothing at Google is trusted to be as it was written down: the next visit puts all of it there whole."""
    tx.write(_DOUBT, {"merchant": tx.merchant_id, "card": card_id})


def doubt_shop(tx: Statements) -> None:
    """As if every card of the shop were doubted."""
    tx.write(_DOUBT_ALL, (tx.merchant_id,))


def write_refused(merchant_id: UUID, row: ObjectRow, problem: GoogleProblem) -> None:
    """Google refused what was offered; what stood there before still stands."""
    change = "refused = true, answered = %(now)s, answer = %(answer)s, answer_status = %(status)s"
    facts: dict[str, object] = {"now": now(), **answer_facts(problem)}
    with merchant_transaction(merchant_id) as tx:
        _change(tx, row, "absent whole unsure unknown ended", change, facts)


def withdraw_refusal(merchant_id: UUID, row: ObjectRow) -> None:
    """What was refused is not wanted any more: what stands at Google is what should stand there."""
    change = "refused = false, answered = %(now)s, answer = '', answer_status = 0"
    with merchant_transaction(merchant_id) as tx:
        _change(tx, row, "whole ended", change, {"now": now()})


def answer_facts(problem: GoogleProblem) -> dict[str, object]:
    """What is kept of an answer that was no success."""
    return {"answer": str(problem)[:LONGEST_ANSWER], "status": int(problem.status)}


def _taken_facts(digest: bytes, shown: Shown) -> dict[str, object]:
    return {
        "digest": digest,
        "fields": shown.fields,
        "balance": shown.balance,
        "announced": shown.announced,
        "announcing": shown.announcing,
        "now": now(),
    }


def _change(tx: Statements, row: ObjectRow, states: str, change: str, facts: dict[str, object]) -> None:
    """`states` are those from which the change is possible, as the table above names them."""
    tx.write(
        f"UPDATE google_object SET {change} WHERE merchant_id = %(merchant)s AND id = %(row)s"
        " AND state = ANY(%(states)s)",
        {"merchant": tx.merchant_id, "row": row.id, "states": states.split(), **facts},
    )
