"""What a till can do with a code, in sentences for whoever chooses how rewards are handed out."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from stampwell.redeem_codes.tills import Till


def say_till(till: Till) -> Iterator[str]:
    if till.is_button:
        yield _("A discount is a button there. No code of yours can be typed or scanned.")
        yield _("The till does not know for whom the button was pressed: its report says only how often.")
        return
    yield _say_typed(till)
    yield _say_scanned(till)
    yield _say_once(till)
    if till.names_discounts is False:
        yield _(
            "The till’s list of sales names no discount, so you cannot compare it here with the codes that were shown."
        )


def _say_typed(till: Till) -> str:
    if till.typed:
        return _("Staff can type the code.")
    return _("Whether staff can type a code is not known: look for a field for it in the till.")


def _say_scanned(till: Till) -> str:
    match till.scanned:
        case "yes":
            return _("The till’s scanner reads the code from the phone.")
        case "as_link":
            return _(
                "The till’s scanner reads a QR code with the link to the discount. Choose QR, and enter that link as"
                " what the barcode contains, such as https://shop.example/discount/{code}. Use only letters and digits"
                " in your codes."
            )
        case "with_prefix":
            return _("The till’s scanner reads codes that begin with 043 or 044; others are typed.")
    return _("Whether the till’s scanner reads codes from a phone is not known: try it with one.")


def _say_once(till: Till) -> str:
    if till.once:
        return _("The till takes each code only once.")
    return _("Whether the till can take each code only once is not known: look for a limit of uses.")
