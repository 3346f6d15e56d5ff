"""What can keep the embedded database from running, in words for the person at the keyboard."""


class DatabaseTrouble(Exception):
    """The database cannot run; the text says why and what to do now."""


class EarlierDatabase(DatabaseTrouble):
    """An earlier major version of PostgreSQL has made it, and `stampwell upgrade` brings it over."""


class FolderInUse(DatabaseTrouble):
    """Another process keeps this data folder's database running."""
