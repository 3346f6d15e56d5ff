"""Why a till's report is not taken, or not compared."""

from django.utils.translation import gettext_lazy as _

from stampwell.refusal import Kind, Refusal


class ReportUnclear(Refusal):
    """No column has the codes, or none says when; or day and month could change places."""

    code = "report_unclear"
    kind = Kind.INVALID
    title = _("It is not clear how to read this report")
    staff_text = _("It has to be clear which column holds the codes, and which one says when they were used.")
    customer_text = staff_text
    what_to_do = _("Say for each column what it holds, and in which order day and month stand.")


class ReportOfSums(Refusal):
    """Sums of days, which cannot tell when something was used."""

    code = "report_of_sums"
    kind = Kind.INVALID
    title = _("This report has only sums")
    staff_text = _("The file tells what each day came to, and not which codes were used.")
    customer_text = staff_text
    what_to_do = _("Export the list of receipts or of used codes from your till, and upload that.")


class ReportComparedBefore(Refusal):
    """The very same file. Facts: when."""

    code = "report_compared_before"
    title = _("This report was compared before")
    staff_text = _("The same file was compared on %(when)s.")
    customer_text = staff_text
    what_to_do = _("Look at what came of it then, or say that it is to be compared again.")


class ReportUnderWay(Refusal):
    code = "report_under_way"
    retryable = True
    title = _("Another report is being compared")
    staff_text = _("A shop compares one report at a time.")
    customer_text = staff_text
    what_to_do = _("Wait until it is done.")
    what_customer_can_do = _("Wait a moment and try again.")


class ReportTooLong(Refusal):
    """More rows, or more uses that they tell. Facts: rows, uses."""

    code = "report_too_long"
    kind = Kind.INVALID
    title = _("This report is too long")
    staff_text = _("At most %(rows)s rows, or %(uses)s uses, can be compared at once.")
    customer_text = staff_text
    what_to_do = _("Export a shorter time from your till, and upload one file after the other.")


class TooManyReports(Refusal):
    """So many files of the shop wait for somebody to say how they are read, or so large ones. Facts: files,
    megabytes, seconds.
    """

    code = "too_many_reports"
    kind = Kind.TOO_MANY
    retryable = True
    title = _("Too many reports wait")
    staff_text = _("At most %(files)s reports, together %(megabytes)s MB, may wait to be compared.")
    customer_text = staff_text
    what_to_do = _("Compare one of them, or wait: a file that nobody compares is deleted after a day.")
    what_customer_can_do = _("Wait a moment and try again.")
