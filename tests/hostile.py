"""What somebody sends who wants a program to think for a long time, and how long it thinks."""

import itertools
import time
from collections.abc import Callable, Iterator

HEADS = ["", "1", "a", '"', "[" * 21, "https://a", "SW1:", "geo:", "#", "a@b", "Expected `", " - at `$", "%("]
_SIGNS = "019aAzéйか१Ａ.,-+:;/\\\"'`[{(<%@=&#*~_|!?$° \n\t\0"
_UNSEEN = ["\u00a0", "\u3000", "\u200b", "\u200d", "\ufe0f", "\u0301", "\ufdfa", "\U0001f3f4", "\r\n"]
_LETTERS = ["\u0315\u0300", "\u0958", "1\u0301", "か\u3099", "\U0001d160", "☕\u200d"]
_NEARLY = ["1 ", "1.", "1,", "a.", "a-", "a@", "a:", '\\"', "\\\\", '"a",', '"",', '{"a":', "a=1;", "a=1&", "%41"]
_HEADERS = ["a,", "//", '["', 'W/"a",', "en;q=0.1,", "0-1,", "!3d1", "1°", " - at `$"]
PUMPS = [*_SIGNS, *_UNSEEN, *_LETTERS, *_NEARLY, *_HEADERS]
TAILS = ["", "!", '"', "\n", "\\"]
SHORT = (24, 32, 400)  # characters: where 2ⁿ shows before it takes hours, where 1.6ⁿ does, and where n⁴ does
LONGER = (1_600, 6_400, 25_600)  # so that n² shows before it takes hours
SLOWEST = 4  # of them all, tried at full length
LONGEST_THOUGHT = 0.05  # seconds of the processor
TRIES = 3

type Recipe = tuple[str, str, str]


def recipes(more: str = "") -> Iterator[Recipe]:
    """Runs of one thing, behind a beginning that fits and before an end that does not. `more` are signs of its own."""
    signs = sorted(set(more) - set(_SIGNS))
    yield from itertools.product(HEADS, PUMPS + signs, TAILS)
    yield from itertools.product([""], ("".join(two) for two in itertools.permutations(signs[:20], 2)), TAILS)


def text_of(recipe: Recipe, length: int) -> str:
    head, pump, tail = recipe
    return (head + pump * (length // len(pump) + 1))[: length - len(tail)] + tail


def slow_texts(think: Callable[[str], object], length: int, *, more: str = "") -> list[Recipe]:
    """What it thinks about for longer than it may: the first such short text, or some of the long ones.

    All are tried while they are short. The slowest of them decide, at full length.
    """
    tried = list(recipes(more))
    timed: list[tuple[float, Recipe]] = []
    for short, recipe in itertools.product(SHORT, tried):
        timed.append((seconds := _thinking_time(think, text_of(recipe, short)), recipe))
        if seconds > LONGEST_THOUGHT and is_slow(think, text_of(recipe, short)):
            return [recipe]
    timed = sorted(timed[-len(tried) :], reverse=True)
    for longer in (*(longer for longer in LONGER if longer < length), length):
        if slow := [recipe for _seconds, recipe in timed[:SLOWEST] if is_slow(think, text_of(recipe, longer))]:
            return slow
    return []


def is_slow(think: Callable[[str], object], text: str) -> bool:
    """Each time, for once may be the machine."""
    return all(_thinking_time(think, text) > LONGEST_THOUGHT for _try in range(TRIES))


def _thinking_time(think: Callable[[str], object], text: str) -> float:
    """In seconds that the processor spent on this thread, so that a busy machine changes nothing."""
    begun = time.thread_time()
    think(text)
    return time.thread_time() - begun
