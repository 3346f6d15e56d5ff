"""How a code that is made here looks, and how hard it is to guess."""

import math
from secrets import randbelow
from string import digits

import msgspec

from stampwell.redeem_codes.formats import (
    FORMATS,
    CodeDoesNotFit,
    CodeHasOtherCharacters,
    find_check_digit,
    why_code_does_not_fit,
)
from stampwell.redeem_codes.pools import shown_in
from stampwell.redeem_codes.rows import BatchRow, Found, PoolRow

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no I, L, O, 0 and 1: people read codes out, and type them
LEAST_SIGNS, USUAL_SIGNS, MOST_SIGNS = 6, 8, 16
LONGEST_PREFIX = 8
LEAST_GUESSES = 1_000_000  # that somebody needs on average for one code that is there


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """`signs` are drawn by lot, behind the `prefix`; a check character follows them where `has_check` says so.
    A barcode of a certain length, such as EAN-13, is filled up to that, and its last digit is its own check digit.
    """

    prefix: str = ""
    signs: int = USUAL_SIGNS
    has_check: bool = False


class Wanted(Found, frozen=True, kw_only=True):
    """What a batch that is made here keeps in place of what a check would have found: as many good codes, made like
    this. `different` is how many the lot can give.
    """

    recipe: Recipe = Recipe()
    different: int = 0


def guesses_for(batch: BatchRow) -> int | None:
    """How many guesses somebody needs on average to hit one of its codes; None where it was not made at this server."""
    wanted = msgspec.json.decode(batch.found, type=Wanted) if batch.kind == "made" else Wanted()
    return wanted.different // wanted.good if wanted.good else None


def has_own_length(pool: PoolRow) -> bool:
    return bool(FORMATS[pool.format].exactly)


def codes_of_recipe(pool: PoolRow, recipe: Recipe) -> int:
    """How many different ones there are."""
    return int(len(_alphabet(pool)) ** _drawn(pool, recipe))


def bits_of(pool: PoolRow, recipe: Recipe) -> float:
    """How much of a code is chance: its entropy."""
    return math.log2(codes_of_recipe(pool, recipe))


def most_free(pool: PoolRow, recipe: Recipe) -> int:
    """So many may be free at once: of more, somebody would guess one within fewer than LEAST_GUESSES on average."""
    return codes_of_recipe(pool, recipe) // LEAST_GUESSES


def new_code(pool: PoolRow, recipe: Recipe) -> str:
    alphabet, number = _alphabet(pool), randbelow(codes_of_recipe(pool, recipe))
    signs = []
    for _sign in range(_drawn(pool, recipe)):
        number, place = divmod(number, len(alphabet))
        signs.append(alphabet[place])
    drawn = "".join(signs)
    if has_own_length(pool):
        return recipe.prefix + drawn + find_check_digit(recipe.prefix + drawn)
    return recipe.prefix + drawn + (check_character(drawn, alphabet) if recipe.has_check else "")


def check_character(drawn: str, alphabet: str = ALPHABET) -> str:
    """The places of the signs in the alphabet, from 0 on, times 1, 2, 3 and so on, added up; then the remainder by the
    number of signs there are. Of letters and digits, whose number is prime, it notices one wrong sign and two that
    changed places.
    """
    return alphabet[sum(place * alphabet.index(sign) for place, sign in enumerate(drawn, 1)) % len(alphabet)]


def why_recipe_does_not_fit(pool: PoolRow, recipe: Recipe) -> CodeDoesNotFit | None:
    """As `why_code_does_not_fit`, of the codes that would be made."""
    form = FORMATS[pool.format]
    if form.characters and (others := recipe.prefix.strip(form.characters)):
        return CodeHasOtherCharacters(format=form.name, character=others[0])
    return why_code_does_not_fit(shown_in(pool, new_code(pool, recipe)), pool.format)


def _alphabet(pool: PoolRow) -> str:
    return digits if FORMATS[pool.format].characters == digits else ALPHABET


def _drawn(pool: PoolRow, recipe: Recipe) -> int:
    """How many signs are drawn: none where the prefix leaves no room."""
    exactly = FORMATS[pool.format].exactly
    return max(exactly - 1 - len(recipe.prefix), 0) if exactly else recipe.signs
