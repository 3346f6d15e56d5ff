"""Asking for an export, and reading what has become of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.exports.card_paper import IN_A_FILE, MOST_CARDS, TooManyCardsForPaper
from stampwell.exports.files import file_of
from stampwell.exports.making import EXPORT
from stampwell.exports.rows import Ending, ExportRow, JoinedExport, Subject, Wanted, newest_exports, read_export
from stampwell.ids import private_id, wanted_id
from stampwell.imports.asking import find_import
from stampwell.imports.rows import JoinedImport
from stampwell.insight.card_list import Filter, read_to_go
from stampwell.jobs.asking import ask_for
from stampwell.journal.searching import look_for
from stampwell.journal.wanted import GROUPS, NARROW, NotAPeriod, read_wanted
from stampwell.languages.texts import clean_text
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.programs.draw_proof import read_month
from stampwell.programs.models import Program
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import Statements, merchant_transaction, read_aside

KEPT = timedelta(days=1)
MOST_OPEN = 5
MOST_SHOWN = 20
LONGEST_WORDS = 100
NAMES: Mapping[Subject, tuple[str, ...]] = {
    "cards": ("show", "tag", "to_go", "q"),
    "journal": (
        "q",
        "kind",
        "person",
        "device",
        "location",
        "program",
        "reason",
        "weekday",
        "hour",
        "period",
        "from",
        "to",
    ),
    "vouchers": (),
    "days": ("from", "to"),
    **dict.fromkeys(("customers", "changes", "programs", "team", "locations", "devices"), ()),
    "draws": ("program", "month"),
    "links": ("import",),
    **dict.fromkeys(("hands", "hours", "refusals", "waiting", "fullness", "costs", "owed"), ()),
    **dict.fromkeys(("consents", "imports", "scans", "oddities"), ()),
    "shop": (),
}
_OPEN = """
    SELECT count(*) FROM export e JOIN job j ON j.merchant_id = e.merchant_id AND j.id = e.job_id
    WHERE e.merchant_id = %s AND j.ended IS NULL
"""


class ExportUnclear(Refusal):
    """What is to be exported cannot be read: a filter that there is not, or days that are none."""

    code = "export_unclear"
    kind = Kind.INVALID
    title = _("It is not clear what to export")
    staff_text = _("A filter or a period of this export cannot be read.")
    customer_text = _("A filter or a period of this export cannot be read.")
    what_to_do = _("Choose again what to export.")


class SearchTooWide(ExportUnclear):
    """More fits the words than a search of the journal looks at."""

    title = _("The search finds too many entries")
    staff_text = _("More matches these words than the file could hold.")
    customer_text = staff_text
    what_to_do = _("Enter more of the name, or choose days.")


class TooManyExports(Refusal):
    """So many exports of the shop are under way. Facts: most."""

    code = "too_many_exports"
    kind = Kind.TOO_MANY
    title = _("Other exports are still under way")
    staff_text = _("At most %(most)s exports of a shop are made at the same time.")
    customer_text = _("At most %(most)s exports of a shop are made at the same time.")
    what_to_do = _("Wait until one of them is done.")
    what_customer_can_do = what_to_do


def ask_for_export(
    merchant: Merchant, subject: Subject, format: Wanted, *, wanted: Mapping[str, str], locale: str, actor: Actor
) -> JoinedExport:
    """`wanted` is what the pages of the desk have in their addresses. Refuses: ExportUnclear, TooManyExports,
    TooManyCardsForPaper.
    """
    chosen = _read(merchant, subject, wanted)
    ending = _on_paper(merchant, subject, chosen) if format == "pdf" else format
    with merchant_transaction(merchant.id) as tx:
        return begin_export(tx, EXPORT, subject, ending, wanted=urlencode(chosen), locale=locale, actor=actor)


def begin_export(
    tx: Statements, job: str, subject: Subject, format: Ending, *, wanted: str, locale: str, actor: Actor
) -> JoinedExport:
    """`job` is the kind that makes the file. Refuses: TooManyExports."""
    lock_merchant(tx)  # else several at once would each count those of before
    if (tx.value(int, _OPEN, (tx.merchant_id,)) or 0) >= MOST_OPEN:
        raise TooManyExports(most=MOST_OPEN)
    export = ExportRow(
        id=new_id(),
        job_id=ask_for(tx, job, asker=actor),
        subject=subject,
        format=format,
        wanted=wanted,
        locale=locale,
        rows=0,
        size=0,
        created=now(),
        made=None,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )
    tx.insert("export", export)
    told = {"subject": subject, "format": format}
    changed(tx, "export.asked", by=actor, subject_id=export.id, after=told)
    return read_export(tx, export.id)


def find_export(merchant_id: UUID, export_id: UUID) -> JoinedExport:
    """Refuses: NotFound, also for one whose time is over."""
    with merchant_transaction(merchant_id) as tx:
        export = read_export(tx, export_id)
    if is_over(export):
        raise NotFound
    return export


def list_exports(merchant_id: UUID) -> list[JoinedExport]:
    with merchant_transaction(merchant_id) as tx:
        return [export for export in newest_exports(tx, most=MOST_SHOWN) if not is_over(export)]


def find_file(merchant_id: UUID, export: JoinedExport) -> Path:
    """Refuses: NotFound, where it is not made yet or gone."""
    file = file_of(merchant_id, export.id, export.format)
    if export.made is None or not file.is_file():
        raise NotFound
    return file


def end_of(export: ExportRow) -> datetime:
    """When its file goes: a day after it was made. What is never made goes, too."""
    return (export.made or export.created) + KEPT


def is_over(export: ExportRow) -> bool:
    return end_of(export) <= now()


def wanted_of(export: ExportRow) -> dict[str, str]:
    return dict(parse_qsl(export.wanted))


def _read(merchant: Merchant, subject: Subject, wanted: Mapping[str, str]) -> dict[str, str]:
    """Refuses: ExportUnclear, also for what nobody here knows: a misspelt filter would be taken for none."""
    given = {name: value.strip() for name, value in wanted.items() if value.strip()}
    if not given.keys() <= set(NAMES[subject]):
        raise ExportUnclear
    match subject:
        case "cards":
            return _read_cards(given)
        case "journal":
            return _read_journal(merchant, given)
        case "draws":
            return _read_draws(merchant, given)
        case "links":
            return _read_import(merchant, given)
        case "shop":
            raise ExportUnclear  # it has a page of its own, and a passphrase
    return {name: _read_day(text) for name, text in given.items()}


def _read_cards(given: Mapping[str, str]) -> dict[str, str]:
    if given.get("show", "all") not in get_args(Filter.__value__):
        raise ExportUnclear
    if (given.get("show") == "tag") != (private_id("tag", given.get("tag", "")) is not None):
        raise ExportUnclear
    if (given.get("show") == "to-go") != (read_to_go(given.get("to_go", "")) is not None):
        raise ExportUnclear
    words = clean_text(given.get("q", ""))
    if len(words) > LONGEST_WORDS or (words and "show" in given):
        raise ExportUnclear
    return {
        name: value
        for name, value in (*((name, given.get(name, "")) for name in ("show", "tag", "to_go")), ("q", words))
        if value
    }


def _read_journal(merchant: Merchant, given: Mapping[str, str]) -> dict[str, str]:
    """What is known of it, and nothing else: `read_wanted` passes over what it does not know."""
    try:
        wanted = read_wanted(merchant, given)
    except NotAPeriod:
        raise ExportUnclear from None
    if given.get("kind") not in (None, *GROUPS, *NARROW):
        raise ExportUnclear
    read = {name: value for name, value in wanted.address.items() if value}
    if not set(given) <= set(read) or len(given.get("q", "")) > LONGEST_WORDS:
        raise ExportUnclear
    if wanted.words and read_aside(merchant.id, lambda tx: look_for(tx, wanted)).cut:
        raise SearchTooWide
    return read


def _read_draws(merchant: Merchant, given: Mapping[str, str]) -> dict[str, str]:
    """Of one month; there are no draws of a program that there is not."""
    program_id = private_id("prg", given.get("program", ""))
    if program_id is None or read_month(given.get("month", "")) is None:
        raise ExportUnclear
    if not Program.objects.filter(merchant=merchant, id=program_id).exists():
        raise ExportUnclear
    return dict(given)


def _read_import(merchant: Merchant, given: Mapping[str, str]) -> dict[str, str]:
    import_id = private_id("imp", given.get("import", ""))
    if import_id is None or find_import(merchant.id, import_id).write_job_id is None:
        raise ExportUnclear
    return dict(given)


def _on_paper(merchant: Merchant, subject: Subject, chosen: Mapping[str, str]) -> Ending:
    """One PDF if all cards have room in it, else many in a ZIP. Refuses: ExportUnclear, for only imported cards are
    printed; TooManyCardsForPaper.
    """
    if subject != "links":
        raise ExportUnclear
    cards = _most_cards(find_import(merchant.id, wanted_id("imp", chosen["import"])))
    if cards > MOST_CARDS:
        raise TooManyCardsForPaper(most=MOST_CARDS)
    return "pdf" if cards <= IN_A_FILE else "zip"


def _most_cards(one: JoinedImport) -> int:
    """As many as its rows while it is being written, and where nobody remembers what was written."""
    return one.has_written.cards if one.written and one.write_report else one.rows


def _read_day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ExportUnclear from None
