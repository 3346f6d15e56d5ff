"""What tills can do with a code, from what their makers publish. We have asked none of them."""

from typing import Literal

import msgspec

type TillKey = Literal[
    "airregi",
    "clover",
    "erpnext",
    "iiko",
    "lightspeed_k",
    "lightspeed_x",
    "loyverse",
    "odoo",
    "poster",
    "shopify",
    "smaregi",
    "square",
    "sumup",
    "zettle",
    "other",
]
type Scanned = Literal["yes", "as_link", "with_prefix", "unknown"]


class Till(msgspec.Struct, frozen=True, kw_only=True):
    """`is_button` is a till on which a discount is a button and nothing else: then nothing of the rest is true.

    `typed` is None where nothing says whether staff can type a code. `once` is whether it can make, or take in, codes
    that it accepts once each; None where nothing says so. `scanned` is what its scanner has to read: `as_link` a link
    to the discount, `with_prefix` a code that begins with 043 or 044. `names_discounts` is whether its sales say which
    discount was given; None where nothing says so.
    """

    name: str = ""
    is_button: bool = False
    typed: bool | None = None
    scanned: Scanned = "unknown"
    once: bool | None = None
    names_discounts: bool | None = None


TILLS: dict[TillKey, Till] = {
    # Only partners may read how programs speak to it, and its report has columns of the owner's choice.
    "airregi": Till(name="Airレジ (AirREGI)"),
    "clover": Till(name="Clover", is_button=True, once=False),
    "erpnext": Till(name="ERPNext", once=True),
    "iiko": Till(name="iiko / Syrve", typed=True, scanned="yes", once=True),
    "lightspeed_k": Till(name="Lightspeed Restaurant (K)", is_button=True, once=False),
    "lightspeed_x": Till(name="Lightspeed Retail (X)", typed=True, once=True),
    "loyverse": Till(name="Loyverse", is_button=True, once=False),
    "odoo": Till(name="Odoo", typed=True, scanned="with_prefix", once=True),
    "poster": Till(name="Poster", is_button=True, once=False),
    "shopify": Till(name="Shopify POS", typed=True, scanned="as_link", once=True),
    "smaregi": Till(name="Smaregi"),
    # It takes codes that it has made itself; a discount of one's own is a button.
    "square": Till(name="Square", is_button=True, once=False),
    "sumup": Till(name="SumUp", names_discounts=False),
    "zettle": Till(name="Zettle", is_button=True, once=False),
    "other": Till(),
}
