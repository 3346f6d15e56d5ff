"""How far an import is, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.imports.rows import Step

STEP_WORDS: dict[Step, str | Promise] = {
    "choosing": _("Columns not chosen yet"),
    "checking": _("Being checked"),
    "checked": _("Checked, not imported yet"),
    "writing": _("Being imported"),
    "written": _("Imported"),
    "undoing": _("Being undone"),
    "undone": _("Undone"),
    "failed": _("It stopped"),
}
