"""What a backup is made of: this installation, as its settings tell."""

import os

from django.conf import settings

from stampwell.backups.making import Installation
from stampwell.release import our_version


def this_installation() -> Installation:
    return Installation(
        url=settings.DATABASE_URL,
        data_dir=settings.DATA_DIR,
        keys={"token_key": settings.TOKEN_KEY.hex(), "secret_key": settings.SECRET_KEY},
        settings=dict(os.environ),
        base_url=settings.BASE_URL,
        version=our_version() or "of an unknown version",
    )
