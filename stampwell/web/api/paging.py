"""Lists in pages. A cursor is the id of the last thing on the page before, so nothing is seen twice or missed."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from stampwell.ids import private_id
from stampwell.web.api.refusals import InvalidRequest

Limit = Annotated[int, Meta(ge=1, le=200, description="How many on a page.")]
Cursor = Annotated[str, Meta(max_length=60, description="`next` of the page before.")]

BEFORE_ALL = UUID(int=0)


class PageAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `next` of the page before; things come in the order in which they were made."""

    after: Cursor | None = None
    limit: Limit = 50


class Page[Item](msgspec.Struct, frozen=True):
    """`next` is null on the last page."""

    items: list[Item]
    next: str | None


def cursor_id(kind: str, asked: PageAsked) -> UUID:
    """Refuses: InvalidRequest."""
    if asked.after is None:
        return BEFORE_ALL
    after = private_id(kind, asked.after)
    if after is None:
        raise InvalidRequest("?after", "unknown_cursor")
    return after


def next_of(found: int, last_id: str, asked: PageAsked) -> str | None:
    """`found` counts one more than fits, if there is one more."""
    return last_id if found > asked.limit else None
