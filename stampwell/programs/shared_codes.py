"""The codes that all customers of a reward are shown: which ones the shop has, since when, and which old ones its till
may still have.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.code_successors import SuccessorRow, Successors, successors_in
from stampwell.programs.models import Program, Reward
from stampwell.programs.replacing_codes import all_before, name_in_shop
from stampwell.programs.terms import RewardTerms, Terms, terms_of_many
from stampwell.transactions import merchant_reads

# A code of the till that many are shown gets around: copied from screen to screen, and into lists of codes on the web.
# Four times a year is as often as a shop changes what its till knows; who looks at the till's report sees it earlier.
OLD = timedelta(days=90)
NEWS_FOR = timedelta(days=14)  # on the first page; then it is told again when as much time has passed once more
SOON = timedelta(days=7)


class SharedCode(msgspec.Struct, frozen=True, kw_only=True):
    """`reward_id` and `location_id` name it: each that shows it names the same. `names` are of the rewards, `places` of
    locations with that code of their own; `next` is planned and not yet shown.
    """

    code: str
    reward_id: UUID
    location_id: UUID | None
    names: list[str]
    location_ids: list[UUID]
    since: datetime
    next: SuccessorRow | None

    def age(self, at: datetime) -> timedelta:
        return at - self.since

    def is_old(self, at: datetime) -> bool:
        """Whether its age is a reason to say what follows it."""
        return self.next is None and self.age(at) >= OLD

    def is_news(self, at: datetime) -> bool:
        return self.is_old(at) and self.age(at) % OLD < NEWS_FOR


class OldCode(msgspec.Struct, frozen=True):
    """One that is shown no more, and that the till may still have."""

    row: SuccessorRow
    name: str

    def is_over(self, at: datetime) -> bool:
        return at >= self.row.old_until


class SharedCodes(msgspec.Struct, frozen=True):
    codes: list[SharedCode]
    old: list[OldCode]


class _Static(msgspec.Struct, frozen=True):
    """A reward of any version that shows, or showed, all its customers the same code."""

    id: UUID
    version_id: UUID
    published: datetime
    codes: frozenset[str]


def shared_codes(merchant: Merchant, locale: str) -> SharedCodes:
    """Of the present terms of the programs that are not archived; the names in that language.

    However many codes were replaced, the rewards of all versions are read once; of a shop that never had such a code
    nothing but its programs is.
    """
    at, successors = now(), Successors[SuccessorRow](())
    if merchant.code_turns:  # the row in hand knows whether there is any
        with merchant_reads(merchant.id) as tx:
            successors = successors_in(tx)
    versions = list(
        Program.objects.filter(merchant=merchant, archived=None).order_by("id").values_list("current_version_id")
    )
    found = terms_of_many(merchant.id, frozenset(id for (id,) in versions))
    present = [found[id] for (id,) in versions]
    waiting = [row for row in successors.all if row.starts <= at and row.removed is None]
    are_shown = _any_static(present)
    static = _all_static(merchant) if are_shown or waiting else []
    codes = list(_codes(present, static, successors, locale, at)) if are_shown else []
    return SharedCodes(codes, _old_codes(merchant, static, successors, waiting))


def _all_static(merchant: Merchant) -> list[_Static]:
    """The newest first."""
    rows = Reward.objects.filter(merchant=merchant, redeem_code_kind="static").order_by("-id")
    columns = ("id", "version_id", "version__published", "redeem_code", "code_by_location")
    return [
        _Static(id, version_id, published, frozenset([code, *others.values()]))
        for id, version_id, published, code, others in rows.values_list(*columns)
    ]


def _old_codes(
    merchant: Merchant, static: list[_Static], successors: Successors[SuccessorRow], waiting: list[SuccessorRow]
) -> list[OldCode]:
    """Each with the newest reward that it is of."""
    rewards = [
        next((one for one in static if not one.codes.isdisjoint(all_before(successors, row.code))), None)
        for row in waiting
    ]
    terms = terms_of_many(merchant.id, frozenset(one.version_id for one in rewards if one))
    names = (name_in_shop(terms[one.version_id], one.id) if one else "" for one in rewards)
    return [OldCode(row, name) for row, name in zip(waiting, names, strict=True)]


def _any_static(present: Iterable[Terms]) -> bool:
    return any(one.redeem_code_kind == "static" for terms in present for one in terms.rewards)


def _codes(
    present: list[Terms], static: list[_Static], successors: Successors[SuccessorRow], locale: str, at: datetime
) -> Iterator[SharedCode]:
    together: dict[str, list[tuple[Terms, RewardTerms, UUID | None]]] = {}
    for terms in present:
        for reward in terms.rewards:
            for code, place in _codes_of(successors.reward_at(reward, at)):
                together.setdefault(code, []).append((terms, reward, place))
    first = _first_shown(static, successors, at)
    for code, where in together.items():
        following = successors.of(code)
        yield SharedCode(
            code=code,
            reward_id=where[0][1].id,
            location_id=where[0][2],
            names=list(dict.fromkeys(text_in(reward.name, locale, terms.locale) for terms, reward, _place in where)),
            location_ids=[place for _terms, _reward, place in where if place],
            since=first.get(code, at),
            next=following,
        )


def _codes_of(reward: RewardTerms) -> Iterator[tuple[str, UUID | None]]:
    if reward.redeem_code_kind == "static":
        yield reward.redeem_code, None
        yield from ((code, UUID(place)) for place, code in reward.code_by_location.items())


def _first_shown(static: list[_Static], successors: Successors[SuccessorRow], at: datetime) -> dict[str, datetime]:
    """Since when each is shown: from the turn on, or since terms with it were published first."""
    since = {row.next_code: row.starts for row in successors.all if row.starts <= at}
    for one in sorted(static, key=lambda reward: reward.published):
        for code in one.codes:
            since.setdefault(code, one.published)
    return since
