"""A year of three shops with twelve people: seasons, shifts, regulars, eight frauds, and honest things that look odd.
A larger one has 48 people, and each of the eight frauds twice.

Everything follows from the seed. The judge is never shown who does what: `months` counts what the counter would have
seen, month by month, and `Fraud` says beside it who did what since when.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.insight.oddities import HABITS, LEAST_FOUND, MONTHS_BEFORE, Done, Habit, Hits, OnCard, Reason

FIRST = date(2025, 1, 1)
SHOPS = 3
CUSTOMERS = 125  # of a shop for each of its people
OPENS, CLOSES = 8, 20
SEASON = (0.8, 0.8, 0.9, 1.0, 1.1, 1.2, 1.2, 1.1, 1.0, 1.0, 0.9, 1.3)
GOAL = 10
AT_ONCE = [2] * 10 + [3] * 6 + [4] * 3 + [5, 6]  # where somebody pays for a group

type Kind = Literal[
    "own card", "friend's card", "after hours", "overrides", "more than bought", "typed", "no receipts", "fed rewards"
]
EXPECTED: dict[Kind, Reason] = {
    "own card": "own_card",
    "friend's card": "same_card",
    "after hours": "outside_hours",
    "overrides": "overrides",
    "more than bought": "several",
    "typed": "by_hand",
    "no receipts": "without_receipt",
    "fed rewards": "quick_rewards",
}
# What a fraud shows as well: where friends' cards are fed, each of them gets many stamps.
ALSO: dict[Kind, set[Reason]] = {
    "own card": set(),
    "friend's card": {"one_hand"},
    "after hours": {"same_card"},
    "overrides": {"same_card"},
    "more than bought": set(),
    "typed": {"same_card"},
    "no receipts": set(),
    "fed rewards": {"several", "same_card"},
}


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    of_a_shop: int
    frauds_of_a_kind: int

    @property
    def numbers(self) -> range:
        return range(SHOPS * self.of_a_shop)


USUAL = Staff(of_a_shop=4, frauds_of_a_kind=1)
LARGE = Staff(of_a_shop=16, frauds_of_a_kind=2)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a fraud is done: so many `times` for each time of its `often`, and `besides`; or once, by chance."""

    card: Literal["own", "a friend's", "friends'", "anybody's"]
    times: int = 1
    besides: int = 0
    chance: float = 0
    counts: tuple[int, int] = (1, 1)
    habit: Habit | None = None
    is_rewarded: bool = False


WAYS: dict[Kind, Way] = {
    "own card": Way(card="own", chance=0.9),
    "friend's card": Way(card="a friend's", besides=1),
    "after hours": Way(card="friends'", habit="outside_hours"),
    "overrides": Way(card="friends'", habit="overrides"),
    "more than bought": Way(card="anybody's", times=4, counts=(2, 3), habit="several"),
    "typed": Way(card="friends'", times=3, habit="by_hand"),
    "no receipts": Way(card="anybody's", times=6, habit="without_receipt"),
    "fed rewards": Way(card="friends'", chance=0.6, counts=(5, 5), habit="several", is_rewarded=True),
}


class Fraud(msgspec.Struct, frozen=True):
    """From the first month on, `often` times a shift on average."""

    person: int
    kind: Kind
    since: int
    often: float


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`rates` are how often this person does what is unusual and honest."""

    number: int
    shop: int
    weekdays: frozenset[int]
    away: frozenset[date]
    opens_alone: bool
    begins: date
    rates: dict[Habit, float]


class Act(msgspec.Struct, frozen=True, kw_only=True):
    day: date
    minute: int
    person: int
    shop: int
    card: int
    count: int = 1
    habits: frozenset[Habit] = frozenset()
    rewarded: bool = False
    quick: bool = False

    @property
    def is_outside(self) -> bool:
        return not (OPENS * 60 - 30 <= self.minute < CLOSES * 60 + 30)


class Month(msgspec.Struct, frozen=True):
    number: int
    done: list[Done]
    on_cards: list[OnCard]


class Year:
    """The acts of a year, and who was dishonest since when. Of the people in `named` the shop knows the own card; the
    honest ones among them collect on it, and their dice are their own: all others do as they do without them.
    """

    def __init__(self, seed: int, *, named: frozenset[int] = frozenset(), staff: Staff = USUAL) -> None:
        self._dice, self._own_dice = random.Random(seed), random.Random(f"{seed}, own cards")
        self.named = named
        numbers = list(staff.numbers)
        self._collects = [self._own_dice.uniform(0.05, 0.3) for _person in numbers]
        self._customers_of_a_shop = CUSTOMERS * staff.of_a_shop
        self._dice.shuffle(numbers)
        kinds = list(EXPECTED) * staff.frauds_of_a_kind
        self.frauds = [
            Fraud(person, kind, self._dice.randint(2, 7), self._dice.uniform(1.0, 1.8))
            for person, kind in zip(numbers, kinds, strict=False)
        ]
        honest = numbers[len(kinds) :]
        self._newcomer, self._opener, self._favourite, self._buyer, *_others = honest
        # Dishonest people look like the others: some work part time, some open.
        self._part_timers = {numbers[0], numbers[4], self._favourite} if seed % 2 else {numbers[2], self._opener}
        self.people = [self._person(number) for number in sorted(numbers)]
        cards = range(self._customers_of_a_shop)
        self._visits = [[self._dice.gammavariate(0.8, 0.16) for _card in cards] for _shop in range(SHOPS)]
        self._stamps: dict[int, int] = defaultdict(int)
        self._festival = (self._dice.randrange(SHOPS), FIRST + timedelta(days=self._dice.randint(150, 240)))

    def _person(self, number: int) -> Person:
        dice = self._dice
        days = 2 if number in self._part_timers else 5
        leave = FIRST + timedelta(days=dice.randint(30, 330))

        def about(share: float) -> float:
            return share * dice.lognormvariate(0, 0.3)

        return Person(
            number=number,
            shop=number % SHOPS,
            weekdays=frozenset(dice.sample(range(7), days)),
            away=frozenset(leave + timedelta(days=day) for day in range(14)),
            opens_alone=number == self._opener,
            begins=date(2025, 6, 1) if number == self._newcomer else FIRST,
            rates={
                "overrides": about(0.006),
                "by_hand": about(0.03),
                "several": about(0.04),
                "without_receipt": about(0.06),
                "outside_hours": about(0.002),
            },
        )

    def acts(self) -> Iterator[Act]:
        day = FIRST
        while day.year == FIRST.year:
            for shop in range(SHOPS):
                yield from self._day(shop, day)
            day += timedelta(days=1)

    def _day(self, shop: int, day: date) -> Iterator[Act]:
        here = [
            one
            for one in self.people
            if one.shop == shop and day.weekday() in one.weekdays and day not in one.away and day >= one.begins
        ]
        if not here:
            return
        shifts = {one.number: self._shift(one, day) for one in here}
        yield from self._customers(shop, day, here, shifts)
        for one in here:
            yield from self._people_of_their_own(one, day, shifts[one.number], here)
        for fraud in self.frauds:
            person = next((one for one in here if one.number == fraud.person), None)
            if person and day.month >= fraud.since:
                yield from self._fraud(fraud, person, day, shifts[person.number])

    def _shift(self, one: Person, day: date) -> tuple[int, int]:
        if one.opens_alone:
            return OPENS, OPENS + 8
        early = (one.number + day.isocalendar().week) % 2 == 0
        return (OPENS, OPENS + 7) if early else (CLOSES - 7, CLOSES)

    def _customers(self, shop: int, day: date, here: list[Person], shifts: dict[int, tuple[int, int]]) -> Iterator[Act]:
        dice = self._dice
        is_festival = (shop, day) == self._festival
        busy = SEASON[day.month - 1] * (1.3 if day.weekday() in (4, 5) else 1.0) * (2.5 if is_festival else 1.0)
        for card, often in enumerate(self._visits[shop]):
            if dice.random() >= often * busy:
                continue
            minute = dice.randint(OPENS * 60, CLOSES * 60 - 1)
            if is_festival and dice.random() < 0.5:
                minute = dice.randint(CLOSES * 60, 24 * 60 - 1)
            hour = minute // 60
            serving = [one for one in here if shifts[one.number][0] <= hour < shifts[one.number][1]] or here
            yield self._honest(dice.choice(serving), day, minute, shop * 10_000 + card, group=is_festival)

    def _honest(self, one: Person, day: date, minute: int, card: int, *, group: bool = False) -> Act:
        dice, count = self._dice, 1
        habits: set[Habit] = set()
        is_new = one.number == self._newcomer and day < one.begins + timedelta(days=60)
        for habit, rate in one.rates.items():
            if habit != "outside_hours" and dice.random() < rate * (2 if is_new or group else 1):
                habits.add(habit)
        if dice.random() < one.rates["outside_hours"]:
            minute = dice.choice([OPENS * 60 - 45, CLOSES * 60 + 40])  # somebody was let in early, or stayed
        elif one.opens_alone and dice.random() < 0.1:
            minute = OPENS * 60 - dice.randint(1, 25)
        if "several" in habits:
            count = dice.choice(AT_ONCE)
        return self._act(one, day, minute, card, count=count, habits=habits)

    def _act(self, one: Person, day: date, minute: int, card: int, *, count: int, habits: set[Habit]) -> Act:
        """A card that is full is mostly used at once, which is honest; `quick` where it was filled in one go."""
        self._stamps[card] += count
        rewarded = self._stamps[card] >= GOAL and self._dice.random() < 0.7
        if rewarded:
            self._stamps[card] -= GOAL
        act = Act(
            day=day,
            minute=minute,
            person=one.number,
            shop=one.shop,
            card=card,
            count=count,
            habits=frozenset(habits),
            rewarded=rewarded,
            quick=rewarded and 2 * count >= GOAL,
        )
        return msgspec.structs.replace(act, habits=act.habits | {"outside_hours"}) if act.is_outside else act

    def _people_of_their_own(self, one: Person, day: date, shift: tuple[int, int], here: list[Person]) -> Iterator[Act]:
        """A regular who always comes to the same person, and somebody who has a card and buys honestly."""
        dice = self._dice
        minute = dice.randint(shift[0] * 60, shift[1] * 60 - 1)
        regular = 90_000 + one.number
        if one.number == self._favourite:
            for _cup in range(2 if dice.random() < 0.08 else int(dice.random() < 0.9)):
                yield self._honest(one, day, minute, regular)
        if one.number == self._buyer and dice.random() < 0.35:
            by = one if dice.random() < 0.5 else dice.choice(here)
            yield self._honest(by, day, minute, own_card(one.number))
        elif one.number in self.named and self._own_dice.random() < self._collects[one.number]:
            yield Act(day=day, minute=minute, person=one.number, shop=one.shop, card=own_card(one.number))

    def _fraud(self, fraud: Fraud, one: Person, day: date, shift: tuple[int, int]) -> Iterator[Act]:
        dice, way = self._dice, WAYS[fraud.kind]
        times = min(int(dice.expovariate(1 / fraud.often) + 0.5), 5) * way.times
        minute = dice.randint(shift[0] * 60, shift[1] * 60 - 1)
        if way.chance:
            times = int(dice.random() < way.chance)
        for _time in range(times + way.besides):
            card, count = self._card_of(way, one), dice.randint(*way.counts)
            at = CLOSES * 60 + 50 if way.habit == "outside_hours" else minute
            act = self._act(one, day, at, card, count=count, habits={way.habit} if way.habit else set())
            yield msgspec.structs.replace(act, rewarded=True, quick=True) if way.is_rewarded else act

    def _card_of(self, way: Way, one: Person) -> int:
        friend = 80_000 + one.number * 100
        match way.card:
            case "own":
                return own_card(one.number)
            case "a friend's":
                return friend
            case "friends'":
                return friend + self._dice.randrange(12)
            case "anybody's":
                return one.shop * 10_000 + self._dice.randrange(self._customers_of_a_shop)


def has_account(person: int) -> bool:
    """One of the people of a shop: the others are cashiers, whose own card nobody knows."""
    return person < SHOPS


def some_people(seed: int, share: float, staff: Staff = USUAL) -> frozenset[int]:
    """Of whom the own card is named, in a year in which so many are."""
    dice = random.Random(f"{seed}, named")
    return frozenset(person for person in staff.numbers if dice.random() < share)


def expected_of(fraud: Fraud, named: frozenset[int]) -> Reason:
    """By which reason it is to be found; of an own card that is not known all that can be seen is its one hand."""
    is_unknown = fraud.kind == "own card" and not is_known(fraud.person, named)
    return "one_hand" if is_unknown else EXPECTED[fraud.kind]


def is_known(person: int, named: frozenset[int]) -> bool:
    """Whether the shop knows which card is theirs."""
    return has_account(person) or person in named


def own_card(person: int) -> int:
    return 70_000 + person


def months(year: Year) -> list[Month]:
    """What is counted of each month, as `insight/hand_totals.py` counts it and `odd_months.py` reads it."""
    by_month: list[list[Act]] = [[] for _month in range(12)]
    for act in year.acts():
        by_month[act.day.month - 1].append(act)
    regular: list[set[tuple[UUID, UUID]]] = []
    counted: list[Month] = []
    for number, acts in enumerate(by_month, start=1):
        before = {pair for one in regular[-MONTHS_BEFORE:] for pair in one}
        counted.append(_count(number, acts, year.named, before))
        regular.append({(one.person, one.card) for one in counted[-1].on_cards if one.days >= LEAST_FOUND})
    return counted


def _count(number: int, acts: list[Act], named: frozenset[int], before: set[tuple[UUID, UUID]]) -> Month:
    """`before` is who stamped which card regularly in the months before."""
    days: dict[tuple[int, int], set[date]] = defaultdict(set)
    times: dict[tuple[int, int], int] = defaultdict(int)
    rewards: dict[tuple[int, int], int] = defaultdict(int)
    hits: dict[tuple[int, int, Habit], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    cards: dict[tuple[int, int], list[date]] = defaultdict(list)
    all_times: Counter[int] = Counter(act.card for act in acts)
    for act in acts:
        hand = (act.person, act.shop)
        days[hand].add(act.day)
        times[hand] += 1
        rewards[hand] += act.rewarded
        cards[act.person, act.card].append(act.day)
        for habit in act.habits:
            hits[*hand, habit][act.day] += 1
        if act.quick:
            hits[*hand, "quick_rewards"][act.day] += 1
    done = [
        Done(
            person=UUID(int=person),
            place=UUID(int=shop),
            days=len(days[person, shop]),
            times=times[person, shop],
            rewards=rewards[person, shop],
            hits={habit: _hits(hits[person, shop, habit]) for habit in HABITS},
        )
        for person, shop in times
    ]
    on_cards = [
        OnCard(
            person=UUID(int=person),
            card=UUID(int=card),
            times=len(when),
            days=len(set(when)),
            is_own=is_known(person, named) and card == own_card(person),
            by_others=all_times[card] - len(when),
            is_old=(UUID(int=person), UUID(int=card)) in before,
        )
        for (person, card), when in cards.items()
    ]
    return Month(number, done, on_cards)


def _hits(by_day: dict[date, int]) -> Hits:
    most, following, *_others = sorted([*by_day.values(), 0, 0], reverse=True)
    return Hits(sum(by_day.values()), most, following)
