"""Which way of handing out fits a reward, by what it would cost if somebody got it twice, and by the till."""

from typing import Literal

from stampwell.redeem_codes.tills import Till

type Worth = Literal["little", "much"]
type Advice = Literal["self_redeem", "staff_scan", "codes_of_list"]


def advise(worth: Worth, till: Till) -> Advice:
    """What is worth little is looked at. What is worth more is checked: by the till where it takes a code once, else
    by us, because that works with every till.
    """
    if worth == "little":
        return "self_redeem"
    return "codes_of_list" if till.once else "staff_scan"
