class ReleaseTrouble(Exception):
    """The release cannot be made; the text says why."""
