"""A browser in words that its owner knows: "Firefox" and "Android". No version and nothing else of what it says of
itself: nobody could be recognised by it.
"""

# The first that is found counts: most say that they are others, too.
_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPod", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
]


def browser_of(agent: str) -> str:
    """Or ""."""
    return _first(_BROWSERS, agent)


def system_of(agent: str) -> str:
    """Or ""."""
    return _first(_SYSTEMS, agent)


def _first(known: list[tuple[str, str]], agent: str) -> str:
    return next((name for mark, name in known if mark in agent), "")
