"""What a text that a program sends must look like, as our check and the document of the API say it."""

from msgspec import Meta

END = r"\Z"


def whole(pattern: str, *, least: int | None = None, most: int | None = None, told: str | None = None) -> Meta:
    r"""The pattern holds from the first character to the last; it may use only what every dialect understands.

    It ends in `\Z`, for in Python's dialect `$` lets a newline follow. The document says `$` (`plain`), which is the
    end in every other dialect, and they do not know `\Z`.
    """
    return Meta(pattern=f"^(?:{pattern}){END}", min_length=least, max_length=most, description=told)


def plain(pattern: str) -> str:
    """The same pattern for who reads the document."""
    return f"{pattern.removesuffix(END)}$" if pattern.endswith(END) else pattern
