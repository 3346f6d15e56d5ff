"""Why an address is not taken, or nothing is sent to it."""

from django.utils.translation import gettext_lazy as _

from stampwell.refusal import Kind, Refusal


class WebhookAddressRefused(Refusal):
    code = "webhook_address_refused"
    kind = Kind.INVALID
    title = _("Events cannot be sent there")
    staff_text = _("Events can only be sent to an address on the open internet, and this is not one.")
    customer_text = _("Something went wrong on the shop’s side.")
    what_to_do = _("Enter an address that begins with https:// and has no port number, or port 8443.")


class TooManyWebhooks(Refusal):
    """Facts: most."""

    code = "too_many_webhooks"
    title = _("Too many addresses for events")
    staff_text = _("A shop sends its events to %(most)s addresses at most.")
    customer_text = _("Something went wrong on the shop’s side.")
    what_to_do = _("Delete an address that you no longer need, then add the new one.")


class WebhookOff(Refusal):
    code = "webhook_off"
    title = _("Nothing is sent to this address")
    staff_text = _("Sending events to this address was switched off because it did not take them.")
    customer_text = _("Something went wrong on the shop’s side.")
    what_to_do = _("Repair the app that receives the events, switch sending on again, then try again.")
