from stampwell.backups.trouble import BackupTrouble


class MoveTrouble(BackupTrouble):
    """It cannot go on; the text says why and what to do now."""
