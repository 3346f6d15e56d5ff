"""Why a file is not taken."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.refusal import Kind, Refusal


class SheetUnreadable(Refusal):
    """Neither CSV nor XLSX, whatever its name says; or there is nothing in it."""

    code = "import_file_unreadable"
    kind = Kind.INVALID
    title = _("This file cannot be read as a table")
    staff_text = _("The file has to be CSV or XLSX, with a row of headings and rows below it.")
    customer_text = staff_text
    what_to_do = _("Open the file in your spreadsheet and save it as an Excel file (XLSX) or as CSV.")


class ByLimit(Promise):
    """A sentence for each limit that a file can meet, which the fact `limit` names; `size` where it names none."""

    def __init__(self, *, size: Promise, **others: Promise) -> None:
        self._size, self._others = size, others

    def __mod__(self, facts: Any) -> str:
        return str(self._others.get(facts["limit"], self._size) % facts)


class SheetTooLarge(Refusal):
    """Facts: limit (which one was met), megabytes (of the file, or unpacked), columns, rows."""

    code = "import_file_too_large"
    kind = Kind.INVALID
    title = _("This file is too large")
    staff_text = ByLimit(
        size=_("A file like this may have at most %(megabytes)s MB."),
        unpacked=_("Unpacked, an Excel file may have at most %(megabytes)s MB."),
        columns=_("At most %(columns)s columns can be imported."),
        rows=_("At most %(rows)s rows can be imported at once."),
        work=_("Reading this Excel file takes too much memory or time."),
    )
    customer_text = staff_text
    what_to_do = _("Save a large Excel file as CSV, leave out columns, or divide the file.")


class SheetGone(Refusal):
    """It was kept for a day, or somebody has changed it."""

    code = "import_file_gone"
    title = _("The file is no longer here")
    staff_text = _("A file that is to be imported is kept for a day.")
    customer_text = staff_text
    what_to_do = _("Upload the file again.")
