"""Exports the codes of a list as the desk does: `python -m bench.export_worker SHOP LIST FILE` tells what it took."""

import os
import shutil
import sys
from pathlib import Path
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
django.setup()

from bench.import_worker import tell_what_it_takes  # noqa: E402 - Django comes first
from stampwell.events.actors import Actor  # noqa: E402
from stampwell.merchants.models import Merchant  # noqa: E402
from stampwell.redeem_codes.exporting import export_codes  # noqa: E402
from stampwell.redeem_codes.till_files import Form  # noqa: E402


def main() -> None:
    shop, pool, file = sys.argv[1:]
    merchant, form, owner = Merchant.objects.get(id=UUID(shop)), Form(till="plain"), Actor(source="owner")
    with (
        Path(file).open("wb") as out,
        tell_what_it_takes(),
        export_codes(merchant, UUID(pool), form, actor=owner) as codes,
    ):
        shutil.copyfileobj(codes, out)


if __name__ == "__main__":
    main()
