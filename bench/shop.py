"""The shop that is measured: one busy merchant with its program, its keys and as many cards as are asked for."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row

from bench.serving import superuser_url
from stampwell.events.actors import Actor
from stampwell.events.months import prepare_months
from stampwell.merchants.access import Scope
from stampwell.merchants.founding import found_merchant, issue_api_key
from stampwell.merchants.models import Merchant, User
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.publishing import publish_program
from stampwell.programs.terms import Terms, terms_of

# A key may send 6,000 requests a minute, so the next one takes over before that.
REQUESTS_A_KEY = 3_000
PROGRAM: dict[str, Any] = {
    "name": {"en": "Coffee card", "lv": "Kafijas karte"},
    "goal": 100,
    "earning": {"by": "visit", "cooldown_seconds": 0},
    "milestones": [
        {"stamps": 99, "reward": {"name": "A biscuit", "path": "self_redeem", "valid_days": 90}},
        {"stamps": 100, "reward": {"name": {"en": "A free coffee", "lv": "Bezmaksas kafija"}, "path": "staff_scan"}},
    ],
}


class Shop:
    def __init__(self, url: str, name: str, program: dict[str, Any] = PROGRAM) -> None:
        prepare_months()
        self.url = url
        owner = User.objects.create_user(f"{name.lower()}@bench.example", "ten stamps make a coffee")
        self.merchant: Merchant = found_merchant(
            name=name, locale="en", currency="EUR", time_zone="Europe/Riga", owner=owner
        )
        published = publish_program(self.merchant, msgspec.convert(program, ProgramDraft), actor=Actor(source="owner"))
        self.terms: Terms = terms_of(self.merchant.id, published.program.current_version_id)
        self._keys: list[str] = []

    def key_for(self, number: int) -> str:
        """The key that signs the request of this number."""
        while len(self._keys) <= number // REQUESTS_A_KEY:
            self._keys.append(issue_api_key(self.merchant, name="Bench", scopes=list(Scope))[1])
        return self._keys[number // REQUESTS_A_KEY]

    def requests(self, count: int, write: Callable[[int, str], bytes]) -> list[bytes]:
        return [write(number, self.key_for(number)) for number in range(count)]

    def row_id(self, number: int) -> UUID:
        """The id of the seeded card of this number, and of its customer and its voucher; SQL makes the same one."""
        return UUID(int=(self.merchant.id.int >> 80 << 80) | 0x7 << 76 | 0x8 << 60 | number)

    def row_id_sql(self, number: str) -> str:
        return f"('{str(self.row_id(0))[:24]}' || lpad(to_hex(({number})::bigint), 12, '0'))::uuid"

    def give_cards(self, count: int, *, with_voucher: bool) -> None:
        """Cards numbered from 0, one customer each, and a ready voucher where asked for."""
        self.seed(count, CUSTOMERS, CARDS, *([VOUCHERS] if with_voucher else []))

    def seed(self, count: int, *statements: str, merchant: str = "%(merchant)s::uuid") -> None:
        """Rows in bulk, numbered `n` from 0; `merchant` is the SQL that says whose row a number is."""
        values = {
            "count": count,
            "merchant": self.merchant.id,
            "program": self.terms.program_id,
            "version": self.terms.version_id,
            "reward": self.terms.milestones[0].reward.id,
            "goal": self.terms.goal,
        }
        with psycopg.connect(superuser_url(self.url)) as connection:
            connection.execute("SET session_replication_role = replica")  # foreign keys are not looked at
            for statement in statements:
                connection.execute(statement.format(row_id=self.row_id_sql("n"), merchant=merchant), values)
        with psycopg.connect(superuser_url(self.url), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def sample(self, event: str) -> dict[str, str]:
        """What the product has written of that kind, so that a yardstick writes as much, as SQL takes it in quotes."""
        sql = """
            SELECT replace(e.data::text, '\'\'', '\'\'\'\'') AS data, a.fingerprint::text, a.body::text
            FROM event e, stored_answer a
            WHERE (e.merchant_id, a.merchant_id, e.type) = (%(merchant)s, %(merchant)s, %(event)s) AND a.status = 201
            LIMIT 1
        """
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            row = connection.execute(sql, {"merchant": self.merchant.id, "event": event}).fetchone()
            assert row
            return {"merchant": str(self.merchant.id), "key": str(self.row_id(0)), **row}

    def count(self, sql: str) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(sql, {"merchant": self.merchant.id}).fetchone()
            assert row
            return int(row[0])


_NUMBERS = "FROM generate_series(0, %(count)s - 1) AS n"

CUSTOMERS = f"""
    INSERT INTO customer (merchant_id, id, name, email, phone, birthday, locale, created, search)
    SELECT {{merchant}}, {{row_id}}, '', '', '', NULL, 'en', now(), ' ' {_NUMBERS}
"""

# What is unique over a merchant's cards is made of the number: card 7 is scanned as "C7"; nobody opens its link.
CARDS = f"""
    INSERT INTO card (merchant_id, id, program_id, version_id, customer_id, locale, short_number, issue,
                      code_hash, token_hash, state, round, stamps, goal, remainder, stamps_that_day, last_step,
                      revision, created, changed)
    SELECT {{merchant}}, {{row_id}}, %(program)s, %(version)s, {{row_id}}, 'en', lpad(n::text, 8, '0'), 0,
           sha256(('C' || n)::bytea), sha256(('t' || n)::bytea), 'active', 1, 3, %(goal)s, 0, 0, 0,
           4, now(), now() {_NUMBERS}
"""

VOUCHERS = f"""
    INSERT INTO voucher (merchant_id, id, card_id, program_id, reward_id, version_id, state, issued, ready, expires,
                         due, code_hash, token_hash, reversals, source)
    SELECT {{merchant}}, {{row_id}}, {{row_id}}, %(program)s, %(reward)s, %(version)s, 'ready', now(), now(),
           now() + interval '90 days', now() + interval '90 days', sha256(('c' || n)::bytea), sha256(('t' || n)::bytea),
           0, 'milestone' {_NUMBERS}
"""
