"""Puts one document at Google, or changes or ends the one that stands there, and writes down what came of it."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.wallet.google.http import GoogleBusy, GoogleRefused
from stampwell.wallet.google.objects import Json
from stampwell.wallet.google.rest import Kind
from stampwell.wallet.google.states import (
    withdraw_refusal,
    write_ended,
    write_lost,
    write_patched,
    write_put,
    write_refused,
    write_unknown,
    write_unsure,
)
from stampwell.wallet.google.table import ObjectRow, Shown, remember
from stampwell.wallet.google.visit import Visit


def place(visit: Visit, row: ObjectRow, kind: Kind, document: Json, shown: Shown, *, notifies: bool = False) -> Shown:
    """Makes what stands at Google equal to the document, with as little as possible.

    1. Nothing is sent where exactly this document stands there.
    2. PATCH, where all fields that stand there are in the document.
    3. PUT, where a field has to go, or where nobody knows which fields stand there.
    4. POST, where Google does not have it, and PUT, where Google has it after all.

    Returns what is shown then: `shown`, or what was shown before where nothing was sent.
    """
    digest = digest_of(document)
    if row.digest == digest:
        if row.refused:
            withdraw_refusal(visit.merchant_id, row)
        return row.shown
    puts = row.state == "unknown" or not set(row.fields) <= set(document)
    try:
        was_put = _send(visit, row, kind, document, puts=puts, notifies=notifies)
    except GoogleRefused as refused:
        write_refused(visit.merchant_id, row, refused)
        raise
    except GoogleBusy:
        if puts:
            write_unknown(visit.merchant_id, row)
        else:
            write_unsure(visit.merchant_id, row, sorted(document))
        raise
    shown = replace(shown, fields=sorted(document))
    write_taken = write_put if was_put else write_patched
    write_taken(visit.merchant_id, row, digest, shown)
    return shown


def place_class(visit: Visit, kind: str, subject_id: UUID, document: Json) -> ObjectRow:
    row = remember(visit.merchant_id, kind, subject_id, str(document["id"]))
    place(visit, row, "loyaltyClass" if kind == "program_class" else "offerClass", document, Shown())
    return row


def place_in_class(
    visit: Visit, kind: str, subject_id: UUID, document: Json, place_object: Callable[[], Shown]
) -> Shown:
    """Places a class, and then an object of it. If Google has lost the class, it is put there again, once."""
    row = place_class(visit, kind, subject_id, document)
    try:
        return place_object()
    except GoogleRefused as refused:
        # Google's list of error codes says 404 where the class is not found; a 400 has been seen as well.
        if refused.status != HTTPStatus.NOT_FOUND and not _names_class(refused):
            raise
    write_lost(visit.merchant_id, row)
    place_class(visit, kind, subject_id, document)
    return place_object()


def end(visit: Visit, row: ObjectRow, kind: Kind, document: Json) -> None:
    """By PUT, so that no code stays. What Google does not have is left alone: nothing shows it."""
    digest = digest_of(document)
    if not row.is_there or row.digest == digest:
        return
    try:
        was_found = visit.go_on().replace(kind, document)
    except GoogleBusy:
        write_unknown(visit.merchant_id, row)
        raise
    except GoogleRefused as refused:
        write_refused(visit.merchant_id, row, refused)
        visit.leave_out(refused, f"the end of {row.object_id}")
        return
    if was_found:
        write_ended(visit.merchant_id, row, digest, sorted(document))
    else:
        write_lost(visit.merchant_id, row)


def digest_of(document: Json) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(document, order="deterministic"), digest_size=16).digest()


def _send(visit: Visit, row: ObjectRow, kind: Kind, document: Json, *, puts: bool, notifies: bool) -> bool:
    """True if the document was put there whole, which removes whatever was linked to the one before."""
    if row.is_there:
        calls = visit.go_on()
        change = calls.replace if puts else calls.patch
        if change(kind, document, notice=notifies):
            return puts
        write_lost(visit.merchant_id, row)
    # One that is there already may hold anything, such as the fixed code of a save link.
    if not visit.go_on().insert(kind, document) and not visit.go_on().replace(kind, document):
        raise GoogleBusy(HTTPStatus.NOT_FOUND, "there and not there")
    return True


def _names_class(refused: GoogleRefused) -> bool:
    return refused.status == HTTPStatus.BAD_REQUEST and "class" in refused.said.lower()
