"""An archive with everything that Stampwell cannot make anew, and the way back from it.

`last_backup(data_dir)` tells when it last went well and how it failed.
This package knows the database and files, and nothing of shops.
"""

from stampwell.backups.record import LastBackup, last_backup
from stampwell.backups.trouble import BackupTrouble

__all__ = ["BackupTrouble", "LastBackup", "last_backup"]
