"""What a column holds, by its heading: in the words that whoever reads the file knows, and by what was chosen before.

The first row of a file may be a row like the others, so what was chosen is remembered by a digest of the heading.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256

from stampwell.languages.folding import folded_words

LEFT_OUT = ""


def known_words[Field: str](words: Mapping[Field, str]) -> dict[str, Field]:
    """The field of each heading, folded, out of lists with commas or semicolons between the words for a field."""
    return {word: field for field, texts in words.items() for word in words_of(texts)}


def words_of(texts: str) -> list[str]:
    """Folded, out of a list with commas or semicolons in between."""
    return [folded(word) for word in texts.replace(";", ",").split(",")]


def folded(heading: str) -> str:
    """Accents, capitals and signs do not matter."""
    return " ".join(folded_words(heading))


def guess_columns(
    headings: Sequence[str],
    remembered: Mapping[str, str],
    *,
    known: Mapping[str, str],
    fields: Iterable[str],
    twice: AbstractSet[str] = frozenset(),
) -> list[str]:
    """The field of each column, LEFT_OUT where nobody knows. What was chosen last time goes before the known words.
    Only a field of `twice` may stand in more than one column.
    """
    taken: set[str] = set()
    columns, offered = [], set(fields)
    for heading in headings:
        field = remembered.get(digest_of_heading(heading), known.get(folded(heading), LEFT_OUT))
        is_free = field in offered and (field not in taken or field in twice)
        columns.append(field if is_free else LEFT_OUT)
        taken.add(field)
    return columns


def remember(headings: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    return {digest_of_heading(heading): field for heading, field in zip(headings, columns, strict=True) if heading}


def digest_of_heading(heading: str) -> str:
    """Nobody keeps the words: they may be somebody's name."""
    return sha256(folded(heading).encode()).hexdigest()[:16]
