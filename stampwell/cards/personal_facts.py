"""What events and kept answers say of a person, and taking it out of them."""

from collections.abc import Iterator

# By the field of whatever has the id of the customer, or of one of their cards.
_NOTHING: dict[str, str | None] = {"name": "", "email": "", "phone": "", "birthday": None, "external_id": None}


def take_out_person(said: object, ids: frozenset[str]) -> bool:
    """Takes everything personal out of a decoded JSON text; whether there was anything.

    `ids` are the public ids of the person and of all their cards. A reason is a free text of staff, who may have
    written a name in it.
    """
    found = sum(take_out_person(part, ids) for part in _parts_of(said)) > 0  # all of them, unlike `any`
    if not isinstance(said, dict):
        return found
    for holder, name, nothing in list(_personal(said, ids)):
        if holder.get(name, nothing) != nothing:
            holder[name], found = nothing, True
    return found


def _parts_of(said: object) -> list[object]:
    """Those that have parts themselves: most of a text has none, and an import that is undone has millions."""
    parts = said.values() if isinstance(said, dict) else said if isinstance(said, list) else ()
    return [part for part in parts if isinstance(part, dict | list)]


type _Place = tuple[dict[str, object], str, str | None]


def _personal(said: dict[str, object], ids: frozenset[str]) -> Iterator[_Place]:
    if said.get("id") in ids:
        yield from ((said, name, nothing) for name, nothing in _NOTHING.items())
    if said.get("card_id") in ids and "reverses" in said:  # a stamp
        yield said, "reason", ""
    voucher = said.get("voucher")
    if isinstance(voucher, dict) and voucher.get("card_id") in ids:
        yield from ((act, "reason", "") for act in _by_hand(said))


def take_out_traces(said: object, names: frozenset[str], vouchers: frozenset[str]) -> bool:
    """The same in what is said of another card, which had the names and vouchers of this person's cards for a while.

    `names` are external ids, `vouchers` the public ids of vouchers.
    """
    found = sum(take_out_traces(part, names, vouchers) for part in _parts_of(said)) > 0
    if not isinstance(said, dict):
        return found
    if said.get("external_id") in names:
        said["external_id"], found = None, True
    voucher = said.get("voucher")
    if isinstance(voucher, dict) and voucher.get("id") in vouchers:
        for act in _by_hand(said):
            found = found or bool(act.get("reason"))
            act["reason"] = ""
    return found


def _by_hand(said: dict[str, object]) -> list[dict[str, object]]:
    """What staff did to a voucher, with a reason: gave it back, or let it end later."""
    return [act for name in ("reversal", "extension") if isinstance(act := said.get(name), dict)]
