"""Ids as the outside sees them: the kind of thing, an underscore, 32 opaque characters; and slugs, made of names."""

import re
from uuid import UUID

from stampwell.latin import in_latin
from stampwell.refusal import NotFound

_SIGNS = re.compile(r"[0-9a-f]{32}")


def public_id(kind: str, value: UUID) -> str:
    return f"{kind}_{value.hex}"


def private_id(kind: str, text: str) -> UUID | None:
    """The id behind `text`, or None where it is not an id of this kind: to the caller, an unknown one."""
    prefix, _, signs = text.partition("_")
    return UUID(signs) if prefix == kind and _SIGNS.fullmatch(signs) else None


def wanted_id(kind: str, text: str) -> UUID:
    """Refuses: NotFound for what is not an id of this kind: nobody can tell it from an unknown one."""
    value = private_id(kind, text)
    if value is None:
        raise NotFound
    return value


def slug_of(name: str, *, most: int) -> str:
    """What stands for the name in a link: small Latin letters, digits and hyphens. Empty where none of them is left."""
    return re.sub(r"[^a-z0-9]+", "-", in_latin(name)).strip("-")[:most].rstrip("-")
