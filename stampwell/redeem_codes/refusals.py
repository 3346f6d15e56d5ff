"""Why a pool is not made, or a file of codes is not taken or written."""

from django.utils.translation import gettext_lazy as _

from stampwell.refusal import Kind, Refusal

_MISTAKE = _("There is a mistake in the shop’s code for this reward.")


class TooManyPools(Refusal):
    """Facts: most."""

    code = "too_many_code_pools"
    title = _("There are too many lists of codes")
    staff_text = _("A shop has at most %(most)s lists of codes.")
    customer_text = _MISTAKE
    what_to_do = _("Use a list that you have, or ask the person who runs this server.")


class PoolArchived(Refusal):
    code = "code_pool_archived"
    title = _("This list of codes is archived")
    staff_text = _("An archived list of codes takes no new codes and no new rewards.")
    customer_text = _MISTAKE
    what_to_do = _("Choose another list, or make a new one.")


class CodeColumnUnclear(Refusal):
    """Nobody guesses: a column of prices that was taken for codes would be handed out."""

    code = "code_column_unclear"
    kind = Kind.INVALID
    title = _("It is not clear where the codes are")
    staff_text = _("No column, or more than one, is headed “code”.")
    customer_text = _MISTAKE
    what_to_do = _("Say which column holds the codes, and whether the first row is a heading.")


class CodesNotChecked(Refusal):
    """No row of it is a code that can be used, or it was not checked yet."""

    code = "codes_not_checked"
    title = _("These codes have to be checked first")
    staff_text = _("The file was not checked yet, or there is no code in it that can be used.")
    customer_text = _MISTAKE
    what_to_do = _("Look at what the check has found, and upload a corrected file.")


class CodesTooEasy(Refusal):
    """Facts: most (codes that may be added now)."""

    code = "codes_too_easy"
    kind = Kind.INVALID
    title = _("These codes would be too easy to guess")
    staff_text = _("So that nobody hits a code by guessing, at most this many can be made like that now: %(most)s.")
    customer_text = _MISTAKE
    what_to_do = _("Make longer codes, shorten the beginning, or make fewer of them.")


class CodesUnderWay(Refusal):
    code = "codes_under_way"
    title = _("These codes are being added right now")
    staff_text = _("The codes are being checked, added or withdrawn at this moment.")
    customer_text = _MISTAKE
    what_to_do = _("Wait until it is done, and try again.")


class CodesNotWritten(Refusal):
    code = "codes_not_written"
    title = _("These codes were not added")
    staff_text = _("There is nothing to withdraw: these codes were never added to the list.")
    customer_text = _MISTAKE
    what_to_do = _("Reload the page to see how far it has got.")


class CodesNotShownLikeThat(Refusal):
    """Facts: code, one of them."""

    code = "codes_not_shown_like_that"
    kind = Kind.INVALID
    title = _("Some codes of this list cannot be shown this way")
    staff_text = _(
        "“%(code)s” and perhaps other codes of this list do not fit: the barcode cannot hold them, or they are too long"
        " for it."
    )
    customer_text = _MISTAKE
    what_to_do = _("Choose another format, or make a new list for codes that fit.")


class NoCodesToExport(Refusal):
    code = "no_codes_to_export"
    title = _("There is no code to export")
    staff_text = _("No code is left here: all were handed out or withdrawn, or none was added yet.")
    customer_text = _MISTAKE
    what_to_do = _("Add codes, or make some.")


class TooManyCodeFiles(Refusal):
    """So many files of the shop wait to be written, or so large ones. Facts: files, megabytes, seconds."""

    code = "too_many_code_files"
    kind = Kind.TOO_MANY
    retryable = True
    title = _("Too many files of codes wait to be added")
    staff_text = _("At most %(files)s files, together %(megabytes)s MB, may wait to be added.")
    customer_text = staff_text
    what_to_do = _("Add the codes of one of them, or wait: a file that nobody adds is deleted after a day.")
    what_customer_can_do = _("Wait a moment and try again.")
