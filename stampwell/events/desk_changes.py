"""Who changed what at the desk, with before and after: written in the transaction of the change itself.

No secret comes here and nothing of a customer: a step names the fields that an owner may read for years.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from stampwell.clock import id_at
from stampwell.events.actors import Actor
from stampwell.events.models import DeskChange
from stampwell.transactions import Statements

ChangeKind = Literal[
    "person.added",
    "person.changed",
    "person.left",
    "person.card_named",
    "person.card_taken_off",
    "pin.changed",
    "pin.unlocked",
    "invitation.sent",
    "invitation.withdrawn",
    "oddity.seen",
    "device.invited",
    "device.renamed",
    "device.changed",
    "device.revoked",
    "key.made",
    "key.revoked",
    "location.added",
    "location.changed",
    "location.closed",
    "location.opened",
    "shop.changed",
    "customer.merged",
    "customer.separated",
    "program.published",
    "program.changed",
    "program.paused",
    "program.resumed",
    "program.closed",
    "program.announced",
    "program.priced",
    "program.taken_back",
    "program.drafted",
    "program.draft_deleted",
    "receipt_codes.made",
    "receipt_codes.revoked",
    "code_pool.made",
    "code_pool.changed",
    "code_pool.archived",
    "codes.added",
    "codes.made",
    "codes.exported",
    "codes.released",
    "codes.opened",
    "codes.withdrawn",
    "codes.successor_planned",
    "codes.successor_taken_back",
    "codes.successor_removed",
    "export.asked",
    "import.begun",
    "import.undone",
    "import.mailed",
    "report.begun",
]
CHANGE_KINDS: tuple[str, ...] = get_args(ChangeKind)
ALSO_AT_SCANNER: tuple[ChangeKind, ...] = ("person.card_named",)
type Fields = Mapping[str, Any]  # as JSON holds them


def changed(
    tx: Statements,
    kind: ChangeKind,
    *,
    by: Actor,
    name: str = "",
    subject_id: UUID | None = None,
    before: Fields | None = None,
    after: Fields | None = None,
) -> None:
    """Notes what a person did at the desk, and what they say of themselves at a scanner. What a program, a phone or the
    clock did is told by its event alone.

    Where `before` and `after` are the same, nothing was changed.
    """
    at_scanner = by.source == "scanner" and kind in ALSO_AT_SCANNER
    if not (by.source == "owner" or at_scanner) or by.staff_member_id is None:
        return
    old, new = dict(before or {}), dict(after or {})
    differing = [field for field in {**old, **new} if old.get(field) != new.get(field)]
    if before is not None and not differing:
        return
    DeskChange.objects.create(
        merchant_id=tx.merchant_id,
        kind=kind,
        staff_member_id=by.staff_member_id,
        subject_id=subject_id,
        name=name[:200],
        before={field: old[field] for field in differing if field in old},
        after={field: new[field] for field in differing if field in new},
    )


def read_changes(
    merchant_id: UUID,
    *,
    most: int,
    starts: tuple[str, ...] = (),
    staff_member_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before_id: UUID | None = None,
) -> list[DeskChange]:
    """The newest first; those older than `before_id`, where it is given. Ids are in the order of time.

    `starts` are beginnings of kinds, such as "person.".
    """
    found = DeskChange.objects.filter(merchant_id=merchant_id)
    if starts:
        found = found.filter(kind__in=[kind for kind in CHANGE_KINDS if kind.startswith(starts)])
    if staff_member_id:
        found = found.filter(staff_member_id=staff_member_id)
    if since:
        found = found.filter(id__gte=id_at(since))
    if until:
        found = found.filter(id__lt=id_at(until))
    if before_id:
        found = found.filter(id__lt=before_id)
    return list(found.order_by("-id")[:most])
