"""Why a kept scan waits for the owner, or does not count."""

from django.utils.translation import gettext_lazy as _

from stampwell.refusal import Kind, Refusal

_DECIDED_AT_DESK = _("You don’t need to do anything. The owner or a manager decides at the desk whether it counts.")


class KeptScanWaits(Refusal):
    """What all of them have in common: nothing is lost, and whoever manages the shop decides."""

    kind = Kind.CONFLICT
    title = _("This scan waits for a decision")
    what_to_do = _DECIDED_AT_DESK
    what_customer_can_do = _("You don’t need to do anything. The shop decides whether it counts.")


class DeviceSwitchedOff(KeptScanWaits):
    code = "station_revoked"
    title = _("The device was switched off")
    staff_text = _("The scan comes from a device that has been switched off since.")
    customer_text = _("Your card was scanned by a device that has been switched off since.")


class SignatureUnknown(KeptScanWaits):
    code = "signature_unknown"
    title = _("Not signed by this device")
    staff_text = _("The scan does not carry the signature of the device that sent it.")
    customer_text = _("The shop has to check this scan.")


class NumberedTwice(KeptScanWaits):
    code = "scan_numbered_twice"
    title = _("Two scans with one number")
    staff_text = _("The device has sent another scan under the same number. It may have been copied.")
    customer_text = _("The shop has to check this scan.")


class ShiftUnknown(KeptScanWaits):
    code = "shift_unknown"
    title = _("Nobody was signed in")
    staff_text = _("The scan does not say who was signed in at the device.")
    customer_text = _("The shop has to check this scan.")


class ShiftOver(KeptScanWaits):
    code = "shift_over"
    title = _("The sign-in had ended")
    staff_text = _("The sign-in at the device had ended, or the person’s PIN was changed since.")
    customer_text = _("The shop has to check this scan.")


class PinWasWrong(KeptScanWaits):
    code = "offline_pin_wrong"
    title = _("Wrong PIN")
    staff_text = _("The PIN that was entered without a connection does not belong to the chosen person.")
    customer_text = _("The shop has to check this scan.")


class PinUnchecked(KeptScanWaits):
    code = "offline_pin_unchecked"
    title = _("The PIN could not be checked")
    staff_text = _("The PIN could not be checked, because a wrong one was entered too many times before.")
    customer_text = _("The shop has to check this scan.")


class ClockNotBelieved(KeptScanWaits):
    code = "clock_not_believed"
    title = _("The time is not certain")
    staff_text = _("The clock of the device was wrong, or the card was scanned more than a week before it was sent.")
    customer_text = _("The shop has to check when your card was scanned.")


class OfflineRewardsOff(KeptScanWaits):
    code = "offline_rewards_off"
    title = _("Rewards without a connection were switched off")
    staff_text = _("When the scan came, the shop no longer allowed rewards to be handed out without a connection.")
    customer_text = _("The shop has to check the reward that you were given.")


class RewardCostsMore(KeptScanWaits):
    code = "reward_costs_more"
    title = _("The reward costs more than allowed")
    staff_text = _("It costs more than may be handed out without a connection, or nobody has entered what it costs.")
    customer_text = _("The shop has to check the reward that you were given.")


class NoManagerAgreed(KeptScanWaits):
    code = "no_manager_agreed"
    title = _("No manager agreed")
    staff_text = _("This reward is handed out only with a manager, and without a connection none could agree.")
    customer_text = _("The shop has to check the reward that you were given.")


class AnotherReward(KeptScanWaits):
    code = "another_reward"
    title = _("Another reward than the voucher’s")
    staff_text = _("The voucher is for another reward than the one that was handed out.")
    customer_text = _("The shop has to check the reward that you were given.")


class RewardsNeedConnection(Refusal):
    code = "rewards_need_connection"
    title = _("Rewards need a connection")
    staff_text = _("This is the code of a reward. Without a connection no rewards are handed out.")
    customer_text = _("The reward could not be used without a connection. It is kept on your card.")
    what_to_do = _("Scan the voucher again when the connection is back.")
    what_customer_can_do = _("Show the voucher again at your next visit.")


class TakenBack(Refusal):
    """Whoever stood there saw that it was a mistake, while it still waited on the device."""

    code = "taken_back"
    title = _("Scan taken back")
    staff_text = _("The scan was taken back on the device before it was sent.")
    customer_text = _("The shop took this scan back.")
    what_to_do = _("Scan the card again if it was right after all.")


class DecidedAgainst(Refusal):
    """The owner looked at a scan that waited."""

    code = "decided_against"
    title = _("This scan does not count")
    staff_text = _("It was decided at the desk that this scan does not count.")
    customer_text = _("The shop has decided that this scan does not count.")
    what_to_do = _("Ask the owner or a manager if you think that it should count.")
