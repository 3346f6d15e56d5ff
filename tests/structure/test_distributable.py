"""The lint that watches every statement of the tests sees what a distributed database refuses, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from tests.distributable import problems_of

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("UPDATE pass p SET changed = greatest(%s, p.changed + %s) WHERE p.merchant_id = %s", ("x", MINUTE, "m")),
        ("UPDATE pass SET due = %(at)s + %(gap)s WHERE merchant_id = %(m)s", {"at": "x", "gap": MINUTE, "m": "m"}),
        ("UPDATE pass SET due = changed + interval '1 minute' WHERE merchant_id = %s", ("m",)),
        ("UPDATE pass SET due = CASE WHEN tag > 1 THEN now() END WHERE merchant_id = %s", ("m",)),
        ("UPDATE pass SET due = coalesce(due, now()), tag = 1 WHERE merchant_id = %s", ("m",)),
        ("INSERT INTO pass (merchant_id) VALUES (%s) ON CONFLICT DO UPDATE SET due = pass.due + %s", ("m", MINUTE)),
        ("SELECT count(*) FROM (SELECT FROM pass WHERE merchant_id = %s) x", ("m",)),
        ("SELECT id FROM card WHERE id = %s FOR UPDATE", ("c",)),
        ("SELECT 1 FROM card WHERE merchant_id = %s AND id IN (SELECT id FROM pass FOR SHARE)", ("m",)),
        ('UPDATE "card" SET "stamps" = %s WHERE "card"."id" = %s', (1, "c")),
        ("DELETE FROM stored_answer WHERE id < %s", ("c",)),
        ("WITH new AS (INSERT INTO pass (merchant_id) VALUES (%s)) SELECT 1", ("m",)),
        ("WITH old AS (SELECT id FROM card) DELETE FROM card WHERE id IN (SELECT id FROM old)", ()),
    ],
)
def test_what_is_refused_there_is_seen_here(sql: str, parameters: Any) -> None:
    assert len(problems_of(sql, parameters)) == 1


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        (
            "UPDATE pass p SET changed = n.at FROM (SELECT id, changed + %s AS at FROM pass WHERE merchant_id = %s) n"
            " WHERE p.merchant_id = %s AND p.id = n.id",
            (MINUTE, "m", "m"),
        ),
        ("UPDATE pass SET changed = now(), tag = tag + 1 WHERE merchant_id = %s", ("m",)),
        ("UPDATE pass SET note = 'interval, now()' WHERE merchant_id = %s", ("m",)),
        ("SELECT id FROM merchant WHERE EXISTS (SELECT FROM pass WHERE pass.merchant_id = merchant.id)", ()),
        ("SELECT id FROM card WHERE merchant_id = %s FOR UPDATE SKIP LOCKED", ("m",)),
        ("SELECT 1 FROM user_account WHERE id = %s FOR UPDATE", ("u",)),
        ("UPDATE google_pace SET next = now() + %s WHERE id = 1", (MINUTE,)),
        ("INSERT INTO google_pace (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET next = now() + %s", (MINUTE,)),
        ("UPDATE merchant SET name = %s WHERE id = %s", ("Lume", "m")),
        ("SELECT now() + %s FROM card WHERE merchant_id = %s", (MINUTE, "m")),
    ],
)
def test_what_is_taken_there_is_taken_here(sql: str, parameters: Any) -> None:
    assert problems_of(sql, parameters) == []
