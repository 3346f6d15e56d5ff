"""Programs send files at once: one is brought in, and nothing is left of the others."""

from pathlib import Path

import pytest
from django.conf import settings

from stampwell.imports.models import CardImport
from stampwell.imports.refusals import ImportUnderWay
from stampwell.sheets.files import sheets_folder
from tests.imports.test_importing import MANY
from tests.imports.working import ask_as_program
from tests.races.callers import run_together
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_five_at_once_one_is_brought_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    shop = open_lume()
    offer = shop.publish()

    files = [f"{MANY}Guest {number};;;;;;\n" for number in range(5)]
    ends = run_together(*[lambda file=file: ask_as_program(shop, offer, file) for file in files])

    assert CardImport.objects.filter(merchant=shop.merchant).count() == 1
    assert [type(end) for end in ends if end] == [ImportUnderWay] * 4
    assert len([file for file in sheets_folder().rglob("*") if file.is_file()]) == 1
