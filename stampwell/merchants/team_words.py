"""What roles and kinds of devices are called, wherever somebody reads them."""

from django.utils.translation import gettext_lazy as _

from stampwell.merchants.models import StaffMember, Station

ROLE_WORDS = {
    StaffMember.Role.OWNER: _("Owner"),
    StaffMember.Role.MANAGER: _("Manager"),
    StaffMember.Role.CASHIER: _("Cashier"),
}
KIND_WORDS = {
    Station.Kind.SCANNER: _("Scanner"),
    Station.Kind.KIOSK: _("Kiosk"),
    Station.Kind.AUTOPILOT: _("Autopilot"),
}
