"""Writing the archive of a shop: everything of one moment, in one stream, sealed with a passphrase."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection, transaction

from stampwell.backups.age import AgeWriter, Recipient
from stampwell.backups.archive import Target, Writing
from stampwell.brought.secrets import PURPOSES, plain_issue, unseal_secrets
from stampwell.clock import now
from stampwell.events.packing import unpack
from stampwell.merchants.models import Merchant
from stampwell.moving import parts
from stampwell.moving.form import (
    FIRST,
    FORM,
    HEADING,
    MANIFEST,
    NUMBER,
    Manifest,
    Part,
    Shop,
    bytes_told,
    member_name,
    pack_lines,
    tell_bytes,
)
from stampwell.moving.trouble import MoveTrouble
from stampwell.release import known_migrations, our_version
from stampwell.tokens import derived_secret, unseal

MOST_ROWS, MOST_BYTES = 2000, 2 * 1024 * 1024  # of a member
_README = """\
{heading}{form}

“{shop}”, made {made:%Y-%m-%d %H:%M} UTC by Stampwell {stampwell}. It opens every card of the shop: keep it safe.

To read it in elsewhere: stampwell shop import FILE. How it is built: docs/operating/moving.md
"""
_COLUMNS = """
    SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'merchant_id' ORDER BY attnum
"""
_ROWS = "SELECT row_to_json(one)::text FROM (SELECT {columns} FROM {table} WHERE {whose} = %s ORDER BY {order}) one"
# Whatever has a secret that somebody may still hold: each card and voucher as it is now, and as it was when a pass of
# it was handed out; and each customer, for whoever has no address now may have had one when a message was written.
_WITH_SECRETS = """
    WITH held AS (
        SELECT 'card' AS kind, id, issue FROM card WHERE merchant_id = %(shop)s
        UNION ALL SELECT 'voucher', id, issue FROM voucher WHERE merchant_id = %(shop)s
        UNION ALL SELECT 'card', card_id, issue FROM pass WHERE merchant_id = %(shop)s
        UNION ALL SELECT 'voucher', voucher_id, issue FROM pass
            WHERE merchant_id = %(shop)s AND voucher_id IS NOT NULL
        UNION ALL SELECT 'customer', id, 0 FROM customer WHERE merchant_id = %(shop)s
    )
    SELECT held.kind, held.id, array_agg(DISTINCT held.issue), brought.sealed
    FROM held LEFT JOIN brought_secret brought ON brought.id = held.id
    GROUP BY held.kind, held.id, brought.sealed ORDER BY held.id
"""
_PEOPLE = """
    SELECT row_to_json(one)::text FROM (
        SELECT s.id AS staff_member_id, u.email FROM staff_member s JOIN user_account u ON u.id = s.user_id
        WHERE s.merchant_id = %s AND s.left IS NULL ORDER BY s.id
    ) one
"""
# They change nothing of the shop.
_HARMLESS = ("recount", "count_anew", "refold", "export", "archive")
_OPEN_JOBS = f"SELECT count(*) FROM job WHERE merchant_id = %s AND ended IS NULL AND kind NOT IN {_HARMLESS}"


def write_shop(merchant: Merchant, target: Target, recipients: list[Recipient]) -> Manifest:
    """Raises MoveTrouble, before anything is written, and OSError of the target."""
    with _one_moment():
        _refuse_open_jobs(merchant.id)
        sealed = AgeWriter(target, recipients)
        manifest = _write(Merchant.objects.get(id=merchant.id), Writing(sealed, FORM))
        sealed.close()
        return manifest


@contextmanager
def _one_moment() -> Iterator[None]:
    """Inside, each statement sees the tables as the first one did."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")  # it blocks nobody, however long it takes
        yield


def is_busy(shop: UUID) -> bool:
    """Whether something that was asked for there would stay behind half done."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_JOBS, (shop,))
        (jobs,) = cursor.fetchone()
    return bool(jobs)


def _refuse_open_jobs(shop: UUID) -> None:
    if is_busy(shop):
        raise MoveTrouble(
            "Something that was asked for at this shop is not done yet, and would stay behind half done. Wait until it "
            "has ended; `stampwell jobs` shows it."
        )


def _write(merchant: Merchant, archive: Writing) -> Manifest:
    made, version = now(), our_version() or "of an unknown version"
    facts = {"heading": HEADING, "form": NUMBER, "made": made, "stampwell": version, "shop": merchant.name}
    archive.add(FIRST, _README.format(**facts).encode())
    written = {name: _write_part(archive, name, lines, columns) for name, columns, lines in _parts(merchant.id)}
    manifest = Manifest(
        form=NUMBER,
        made=made,
        stampwell=version,
        migrations=known_migrations(),
        base_url=settings.BASE_URL,
        shop=Shop(merchant.id, merchant.slug, merchant.name),
        parts=written,
        members=archive.members.copy(),
    )
    archive.add(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    archive.finish()
    return manifest


def _parts(shop: UUID) -> Iterator[tuple[str, dict[str, str], Iterator[bytes]]]:
    """The name of each, its columns and its lines."""
    yield _table(parts.SHOP, shop)
    yield parts.SECRETS, {}, _secrets(shop)
    for table in parts.travelling_tables():
        yield _table(table, shop)
    yield parts.PEOPLE, {}, (line.encode() for (line,) in _asked(_PEOPLE, (shop,)))


def _table(table: str, shop: UUID) -> tuple[str, dict[str, str], Iterator[bytes]]:
    columns = _columns_of(table)
    chosen = [_shown(table, column) for column in columns]
    whose = "id" if table == parts.SHOP else "merchant_id"
    sql = _ROWS.format(columns=", ".join(chosen), table=table, whose=whose, order=parts.order_of(table))
    return table, columns, (_cleared(table, line.encode()) for (line,) in _asked(sql, (shop,)))


def _columns_of(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (table,))
        return {name: kind for name, kind in cursor.fetchall() if name not in parts.LEFT_OUT.get(table, ())}


def _shown(table: str, column: str) -> str:
    """An issue as it was counted; where its secrets come from is a matter of each installation."""
    return "greatest(issue, ~issue) AS issue" if column == "issue" else f'"{column}"'


def _cleared(table: str, line: bytes) -> bytes:
    """Without what only this installation could read."""
    if column := parts.SEALED.get(table):
        row = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        row[column] = msgspec.Raw(msgspec.json.encode(tell_bytes(unseal(bytes_told(row[column])))))
        return msgspec.json.encode(row)
    if column := parts.PACKED.get(table):
        row = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        row[column] = msgspec.Raw(unpack(bytes_told(row[column])))
        return msgspec.json.encode(row)
    return line


def _secrets(shop: UUID) -> Iterator[bytes]:
    """The issues as they were counted from the first link on; of each the secrets by their purpose."""
    for kind, row_id, issues, sealed in _asked(_WITH_SECRETS, {"shop": shop}):
        brought = unseal_secrets(bytes(sealed)) if sealed else {}
        told: dict[str, dict[str, str]] = {}
        for issue in sorted(map(plain_issue, issues)):
            # What an earlier release did not send along is derived here, and goes on from here.
            secrets = _derived(kind, row_id, issue) | brought.get(issue, {})
            told[str(issue)] = {purpose: secret.hex() for purpose, secret in secrets.items()}
        yield msgspec.json.encode({"kind": kind, "id": row_id, "issues": told})


def _derived(kind: str, row_id: UUID, issue: int) -> dict[str, bytes]:
    return {purpose: derived_secret(purpose, row_id, issue, size=size) for purpose, size in PURPOSES[kind].items()}


def _asked(sql: str, parameters: tuple[UUID] | dict[str, UUID]) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Some at a time: no table has to fit into the memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(MOST_ROWS):
            yield from rows


def _write_part(archive: Writing, name: str, lines: Iterator[bytes], columns: dict[str, str]) -> Part:
    waiting: list[bytes] = []
    rows = size = number = 0
    for line in lines:
        waiting.append(line)
        rows, size = rows + 1, size + len(line)
        if len(waiting) >= MOST_ROWS or size >= MOST_BYTES:
            archive.add(member_name(name, number), pack_lines(waiting))
            number, size, waiting = number + 1, 0, []
    if waiting:
        archive.add(member_name(name, number), pack_lines(waiting))
    return Part(rows, columns)
