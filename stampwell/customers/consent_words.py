"""Where a customer said something about messages, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AT_DESK = "desk"  # the source of a word that somebody wrote down here
_WHERE: Mapping[str, Promise] = {
    "join page": _("On the join page"),
    "my data": _("In “My data”, on their own phone"),
    "link in a message": _("With the link in a message"),
    "merge": _("By merging two customers"),
    "merge undone": _("By undoing a merge"),
    AT_DESK: _("The customer told the shop"),
}


def where_said(source: str) -> str:
    """ "" where nobody knows."""
    return str(_WHERE.get(source, ""))
