"""What somebody has typed for a program and not yet published. It may be unfinished or wrong; nobody else sees it.

Customers, the till and the API know nothing of it: what is offered are published versions alone.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program, SavedDraft
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import merchant_transaction

MOST_DRAFTS, NAMELESS = 50, "–"
FORM = 1  # raise it when a field of the form is renamed, and read older ones under their new names
type FormFields = Mapping[str, list[str]]


class TooManyDrafts(Refusal):
    code = "too_many_drafts"
    kind = Kind.CONFLICT
    title = _("There are too many drafts")
    staff_text = _("There are already as many drafts as a shop can keep.")
    customer_text = staff_text
    what_to_do = _("Delete a draft that you no longer need. Then save this one again.")


class DraftSeen(msgspec.Struct, frozen=True):
    """Which draft a page shows, and as of which saving."""

    draft_id: UUID
    revision: int


class Saved(msgspec.Struct, frozen=True):
    """`beside` says that somebody else had saved the draft meanwhile, so that this became one of its own."""

    draft_id: UUID
    beside: bool


def save_draft(
    merchant: Merchant, fields: FormFields, *, name: str, program: Program | None, seen: DraftSeen | None, actor: Actor
) -> Saved:
    """Saves over the draft that the page showed, as long as it still is what the page showed; else as a new one.

    Refuses: TooManyDrafts.
    """
    assert actor.staff_member_id is not None, "a person saves it at the desk"
    program_id = program.id if program else None
    typed: dict[str, Any] = {
        "name": name,
        "fields": dict(fields),
        "form": FORM,
        "staff_member_id": actor.staff_member_id,
        "saved": now(),
    }
    with merchant_transaction(merchant.id) as tx:
        lock_merchant(tx)
        drafts = SavedDraft.objects.filter(merchant=merchant)
        # Held, for whoever deletes or publishes it does not hold the shop's row.
        known = drafts.select_for_update(no_key=True).filter(id=seen.draft_id).first() if seen else None
        if known and seen and (known.program_id, known.revision) == (program_id, seen.revision):
            drafts.filter(id=known.id).update(revision=known.revision + 1, **typed)
            return Saved(known.id, beside=False)
        if drafts.count() >= MOST_DRAFTS:
            raise TooManyDrafts
        version_id = program.current_version_id if program else None
        made = drafts.create(merchant=merchant, program_id=program_id, version_id=version_id, **typed)
        changed(tx, "program.drafted", by=actor, name=name or NAMELESS, subject_id=program_id)
    return Saved(made.id, beside=known is not None)


def delete_draft(merchant: Merchant, draft_id: UUID, *, actor: Actor) -> None:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        draft = find_draft(merchant, draft_id)
        count, _kinds = SavedDraft.objects.filter(merchant=merchant, id=draft_id).delete()
        if not count:
            raise NotFound
        changed(tx, "program.draft_deleted", by=actor, name=draft.name or NAMELESS, subject_id=draft.program_id)


def drop_published(merchant: Merchant, seen: DraftSeen) -> None:
    """The draft was published. What somebody else has saved in it meanwhile stays."""
    with merchant_transaction(merchant.id):
        SavedDraft.objects.filter(merchant=merchant, id=seen.draft_id, revision=seen.revision).delete()


def find_draft(merchant: Merchant, draft_id: UUID) -> SavedDraft:
    """Refuses: NotFound."""
    draft = SavedDraft.objects.filter(merchant=merchant, id=draft_id).first()
    if draft is None:
        raise NotFound
    return draft


def list_drafts(merchant: Merchant, program: Program | None = None) -> list[SavedDraft]:
    """The last saved first; of one program, where it is given."""
    found = SavedDraft.objects.filter(merchant=merchant).defer("fields")
    if program:
        found = found.filter(program_id=program.id)
    return list(found.order_by("-saved", "-id"))
