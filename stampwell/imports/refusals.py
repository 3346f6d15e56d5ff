"""Why a file of customers is not checked, or not written."""

from django.utils.translation import gettext_lazy as _

from stampwell.refusal import Kind, Refusal


class ImportUnclear(Refusal):
    """No column is chosen, or one thing is said by two of them."""

    code = "import_unclear"
    kind = Kind.INVALID
    title = _("It is not clear what the columns hold")
    staff_text = _("At least one column has to be chosen, and each thing can be in one column only.")
    customer_text = staff_text
    what_to_do = _("Say for each column what it holds, or leave it out.")


class ImportNotChecked(Refusal):
    """No row can be imported, or it was checked under other terms than the program has now."""

    code = "import_not_checked"
    title = _("This file has to be checked first")
    staff_text = _("There is no row that can be imported, or the program has changed since the file was checked.")
    customer_text = staff_text
    what_to_do = _("Check the file again.")


class ImportUnderWay(Refusal):
    code = "import_under_way"
    title = _("Another import is under way")
    staff_text = _("A shop imports one file at a time.")
    customer_text = staff_text
    what_to_do = _("Wait until it is done.")


class TooManyImports(Refusal):
    """So many files of the shop wait to be written, or so large ones. Facts: files, megabytes, seconds."""

    code = "too_many_imports"
    kind = Kind.TOO_MANY
    retryable = True
    title = _("Too many files wait to be imported")
    staff_text = _("At most %(files)s files, together %(megabytes)s MB, may wait to be imported.")
    customer_text = staff_text
    what_to_do = _("Import one of them, or wait: a file that nobody imports is deleted after a day.")
    what_customer_can_do = _("Wait a moment and try again.")


class ImportNotWritten(Refusal):
    """Its cards are not all there, or were taken back."""

    code = "import_not_written"
    title = _("The cards of this import are not there")
    staff_text = _("The import is not finished, or it was undone.")
    customer_text = staff_text
    what_to_do = _("Reload the page to see how far the import is.")


class ImportedBefore(Refusal):
    """The very same file is in the program already."""

    code = "imported_before"
    title = _("This file was imported before")
    staff_text = _("The same file was already imported into this program.")
    customer_text = staff_text
    what_to_do = _("If you want to import it again, undo that import first.")
