"""Which part of the product a path belongs to: a handful of words, for counting."""

# By the first part of the path. What is none of ours is "other", so that strangers cannot invent words.
_SURFACES = {
    "api": "api",
    "c": "card",
    "v": "card",
    "t": "card",
    "u": "card",
    "l": "card",
    "p": "card",
    "j": "joining",
    "r": "joining",
    "R": "joining",
    "scanner": "scanner",
    "kiosk": "kiosk",
    "autopilot": "autopilot",
    "operator": "operator",
    "way-in": "operator",
    "wallet": "wallet",
    "accounts": "accounts",
    "i18n": "accounts",
    "static": "static",
    "brand": "static",
    **dict.fromkeys(
        (
            "",
            "open-your-shop",
            "shops",
            "appearance",
            "programs",
            "stamp-icons",
            "logos",
            "cards",
            "customers",
            "team",
            "settings",
            "invitations",
            "journal",
            "figures",
            "exports",
            "imports",
            "receipt-codes",
            "redeem-codes",
            "reconciliations",
            "scans",
        ),
        "desk",
    ),
}
SURFACES = frozenset(_SURFACES.values()) | {"other"}


def surface_of(path: str) -> str:
    return _SURFACES.get(path[1:].partition("/")[0], "other")
