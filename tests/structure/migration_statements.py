"""What a migration must not do while the release before serves, as far as its statements show it."""

import re
from collections.abc import Iterator, Sequence

SEEN_BY_THE_RELEASE_BEFORE = "takes away what the release before uses"
NOT_WRITTEN_BY_IT = "the release before writes rows without it: give it a default in the database"
LOCKED_WHILE_READ = "every row is read or written while nobody else may work with the table"
NOT_CONCURRENTLY = "nobody can write while this index is made: CONCURRENTLY"
IN_A_TRANSACTION = "cannot be in a transaction: atomic = False"
CUT_OFF = "what was cut off stays INVALID: DROP INDEX CONCURRENTLY IF EXISTS before it, and no IF NOT EXISTS"
GIVES_UP_EARLY = "gives up where an old transaction lasts: SET lock_timeout = 0 before it, for it blocks nobody"
BEGUN_AGAIN = "finds its column there where it was stopped and is begun again: RunSQL with IF NOT EXISTS"
NOT_KNOWN = "nobody has told this test whether it does harm"
ALL_AT_ONCE = "locks every row until it is over: a few at a time, by RunPython"

TWO_AT_ONCE = "holds one busy table and waits for another: whoever works with both may never let it through"

BUSY = {"card", "stamp", "voucher", "redemption", "event"}  # a stamp or a redemption asks for several of them
SMALL = {"merchant"}  # a row a shop: an index over all of them takes some milliseconds

_NAME = r'(?:"?\w+"?\.)?"?(?P<table>\w+)"?'
_CREATED = re.compile(rf"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?{_NAME}", re.I)
_ALTERED = re.compile(rf"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?{_NAME} (?P<actions>.*)", re.I)
_ACTION = re.compile(r", (?=(?:ADD|ALTER|DROP|RENAME|VALIDATE|SET|RESET|ATTACH|DETACH|ENABLE|DISABLE)\b)", re.I)
_INDEX = re.compile(
    rf'CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?(IF NOT EXISTS )?(?:"?(\w+)"? )?ON (?:ONLY )?{_NAME}', re.I
)
_TIED_TO = re.compile(rf"\bREFERENCES {_NAME}", re.I)
_ROWS = re.compile(rf"(?:UPDATE|DELETE FROM|MERGE INTO) (?:ONLY )?{_NAME}", re.I)
_DROPPED_INDEX = re.compile(r'DROP INDEX (CONCURRENTLY )?(?:IF EXISTS )?(?:"?\w+"?\.)?"?(\w+)"?', re.I)
_ALWAYS = [
    (re.compile(r"(DROP|TRUNCATE)\b(?! INDEX)|ALTER (?!TABLE)\w+ \S+ RENAME", re.I), SEEN_BY_THE_RELEASE_BEFORE),
    (re.compile(r"VACUUM \(?FULL|CLUSTER\b|LOCK\b|REINDEX(?!.* CONCURRENTLY)", re.I), LOCKED_WHILE_READ),
]
_HARMLESS = re.compile(
    r"(|SET .*|RESET .*|SELECT .*|INSERT INTO .*|COMMENT ON .*|REINDEX .*|BEGIN|COMMIT"
    r"|CREATE (OR REPLACE )?(UNLOGGED TABLE|TABLE|TYPE|FUNCTION|TRIGGER|SEQUENCE|EXTENSION|VIEW)\b.*)",
    re.I,
)
_ADD_COLUMN = r"ADD (?:COLUMN )?(?:IF NOT EXISTS )?(?!(?:CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN|EXCLUDE)\b)"
_OF_A_TABLE = [
    (r"DROP (?!DEFAULT|NOT NULL|EXPRESSION|IDENTITY)|RENAME\b|DETACH PARTITION", SEEN_BY_THE_RELEASE_BEFORE),
    (r"ALTER (COLUMN )?\S+ DROP DEFAULT", NOT_WRITTEN_BY_IT),
    (r"ALTER (COLUMN )?\S+ (SET DATA )?TYPE|SET (LOGGED|UNLOGGED|TABLESPACE|ACCESS)", LOCKED_WHILE_READ),
    (rf"{_ADD_COLUMN}.*(\bGENERATED\b|\w*SERIAL\b|\bUNIQUE\b|\bREFERENCES\b|\bCHECK\b)", LOCKED_WHILE_READ),
    (r"ADD .*\b(PRIMARY KEY|UNIQUE|EXCLUDE)\b(?! USING INDEX)", LOCKED_WHILE_READ),
    (r"ADD .*\b(CHECK|FOREIGN KEY)\b", LOCKED_WHILE_READ),
    (rf"{_ADD_COLUMN}.*\bDEFAULT [^,']*\(", LOCKED_WHILE_READ),
    (rf"{_ADD_COLUMN}(?!.*\bDEFAULT\b).*\bNOT NULL", NOT_WRITTEN_BY_IT),
]


def find_faults(statements: Sequence[str], *, atomic: bool) -> list[str]:
    """Each statement that does not go with a release that serves, and why. What RunPython does is not seen."""
    plain = [" ".join(part.split()) for text in statements for part in _without_bodies(text).split(";")]
    new = {table.lower() for part in plain for table in _CREATED.findall(part)}
    busy = find_busy_tables(statements) if atomic else set()
    return [
        f"{part}: {fault}" for place, part in enumerate(plain) for fault in _faults(part, plain[:place], new, atomic)
    ] + [f"{', '.join(sorted(busy))}: {TWO_AT_ONCE}"] * (len(busy) > 1)


def find_busy_tables(statements: Sequence[str]) -> set[str]:
    """Those that the statements hold together until they are over, where they are one transaction."""
    plain = [" ".join(part.split()) for text in statements for part in _without_bodies(text).split(";")]
    new = {table.lower() for part in plain for table in _CREATED.findall(part)}
    altered = {found["table"].lower() for part in plain if (found := _ALTERED.match(part))}
    tied_to = {found["table"].lower() for part in plain for found in _TIED_TO.finditer(part)}
    return (altered | tied_to) & BUSY - new


def _without_bodies(text: str) -> str:
    """Nor comments."""
    return re.sub(r"\$(\w*)\$.*?\$\1\$", "", re.sub(r"--.*", "", text), flags=re.S)


def _faults(part: str, before: list[str], new: set[str], atomic: bool) -> Iterator[str]:
    if always := [fault for pattern, fault in _ALWAYS if pattern.match(part)]:
        yield from always
    elif dropped := _DROPPED_INDEX.match(part):
        yield from () if dropped[1] else (SEEN_BY_THE_RELEASE_BEFORE,)
    elif found := _ALTERED.match(part) or _INDEX.match(part) or _ROWS.match(part):
        if found["table"].lower() not in new:
            yield from _of_the_table(found, before, atomic)
    elif not _HARMLESS.fullmatch(part):
        yield NOT_KNOWN


def _of_the_table(found: "re.Match[str]", before: list[str], atomic: bool) -> Iterator[str]:
    if found.re is _ROWS:
        yield ALL_AT_ONCE
    elif found.re is _INDEX:
        yield from _of_an_index(found, before, atomic)
    else:
        for action in _ACTION.split(found["actions"]):
            yield from _of_a_table(action, before, atomic)


def _of_a_table(action: str, before: list[str], atomic: bool) -> Iterator[str]:
    if not atomic and re.match(r"ADD COLUMN (?!IF NOT EXISTS)", action, re.I):
        yield BEGUN_AGAIN
    proved = any(re.search("VALIDATE CONSTRAINT", one, re.I) for one in before)
    if re.search("SET NOT NULL", action, re.I) and not proved:
        yield LOCKED_WHILE_READ
    if re.search("VALIDATE CONSTRAINT", action, re.I) and atomic:
        yield IN_A_TRANSACTION
    if re.search("NOT VALID", action, re.I):
        return
    for pattern, fault in _OF_A_TABLE:
        if re.match(pattern, action, re.I):
            yield fault
            return


def _of_an_index(index: "re.Match[str]", before: list[str], atomic: bool) -> Iterator[str]:
    concurrently, if_not_exists, name, _table = index.groups()
    if not concurrently and index["table"].lower() in SMALL:
        return
    if not concurrently:
        yield NOT_CONCURRENTLY
        return
    if atomic:
        yield IN_A_TRANSACTION
    cleared = any((one := _DROPPED_INDEX.match(part)) and one[1] and one[2] == name for part in before)
    if if_not_exists or not cleared:
        yield CUT_OFF
    if not any(re.fullmatch("SET lock_timeout = '?0'?", part, re.I) for part in before):
        yield GIVES_UP_EARLY
