"""Why a file is not taken."""

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


class SheetTooLarge(Refusal):
    """Facts: megabytes, columns, rows."""

    code = "import_file_too_large"
    kind = Kind.INVALID
    title = _("This file is too large")
    staff_text = _("At most %(megabytes)s MB, %(columns)s columns and %(rows)s rows can be imported at once.")
    customer_text = staff_text
    what_to_do = _("Save a large Excel file as CSV, leave out columns, or divide the file.")


class SheetGone(Refusal):
    """It was kept for a day, or somebody has changed it."""

    code = "import_file_gone"
    title = _("The file is no longer here")
    staff_text = _("A file that is to be imported is kept for a day.")
    customer_text = staff_text
    what_to_do = _("Upload the file again.")
