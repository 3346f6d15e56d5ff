"""What can keep a backup or a restore from going well, in words for whoever runs the installation."""


class BackupTrouble(Exception):
    """It cannot go on; the text says why and what to do now."""
