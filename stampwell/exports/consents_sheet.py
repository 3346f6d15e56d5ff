"""What all customers have said about messages, from the first word to the last: proof of who agreed, to which words.

Of whoever was deleted nothing is there; what somebody said before a merge stands with whom they turned out to be.
"""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from stampwell.customers.consent_ledger import SaidRow
from stampwell.customers.consent_words import where_said
from stampwell.exports.sheets import AT_ONCE, Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements, columns_of


class _Listed(SaidRow, frozen=True, kw_only=True):
    id: UUID
    customer: UUID
    name: str
    email: str


_NEXT = f"""
    SELECT {columns_of(SaidRow, "s")}, s.id, u.id AS customer, u.name, u.email
    FROM (
        SELECT * FROM consent WHERE merchant_id = %(merchant)s AND purpose = 'marketing' AND id > %(after)s
        ORDER BY id LIMIT %(limit)s
    ) s
    JOIN LATERAL (
        WITH RECURSIVE they AS (
            SELECT o.id, o.merged_into FROM customer o WHERE o.merchant_id = %(merchant)s AND o.id = s.customer_id
            UNION ALL
            SELECT o.id, o.merged_into
            FROM they JOIN customer o ON o.merchant_id = %(merchant)s AND o.id = they.merged_into
        )
        SELECT id FROM they WHERE merged_into IS NULL
    ) who ON true
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = who.id
    ORDER BY s.id
"""
_NONE = str(UUID(int=0))


def consents_sheet(_merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    def read(tx: Statements, after: str) -> Piece:
        facts = {"merchant": tx.merchant_id, "after": after or _NONE, "limit": AT_ONCE + 1}
        found = tx.rows(_Listed, _NEXT, facts)
        shown = found[:AT_ONCE]
        names = names_of(tx, (row.staff_member_id for row in shown))
        rows = [_row(row, names.get(row.staff_member_id, "") if row.staff_member_id else "") for row in shown]
        return Piece(rows, str(shown[-1].id) if len(found) > AT_ONCE else None)

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("at", _("Time")),
        Column("customer", _("Customer")),
        Column("email", _("Email")),
        Column("said", _("Consent to messages")),
        Column("wording", _("The text that was shown")),
        Column("locale", _("Language")),
        Column("where", _("How the customer said so")),
        Column("person", _("Person")),
        Column("reason", _("Reason")),
        Column("granted"),
        Column("customer_id", "ID"),
    ]


def _row(said: _Listed, person: str) -> Row:
    told = _("The customer agreed to messages") if said.granted else _("The customer wants no more messages")
    return [
        said.at,
        said.name,
        said.email,
        told,
        said.wording,
        said.locale,
        where_said(said.source),
        person,
        said.reason,
        int(said.granted),
        public_id("cus", said.customer),
    ]
