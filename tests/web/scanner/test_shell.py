"""What a phone keeps so that the scanner opens without a connection."""

import gzip
import re
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

from django.contrib.staticfiles import finders
from django.test import Client

from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import set_pin
from tests.web.scanner.phone import Phone
from tests.world import PIN, Shop

MOST = 60_000  # bytes, compressed
DECODER = "vendor/zxing/"


def shell_files(page: str) -> dict[str, bytes]:
    """Each file of the page, and what the modules import, as the service worker finds them."""
    files: dict[str, bytes] = {}
    wanted = re.findall(r'="/static/([^"#]+)', page)
    while wanted:
        name = wanted.pop()
        if name in files:
            continue
        found = finders.find(name)
        assert isinstance(found, str), name
        files[name] = Path(found).read_bytes()
        if name.endswith(".js"):
            imports = re.findall(r'(?:from|import) ?"(\.[^"]+)"', files[name].decode())
            wanted += [normpath(join(dirname(name), path)) for path in imports]
    return files


def test_the_shell_of_the_scanner_is_small() -> None:
    page = Client().get("/scanner/offline").content
    files = shell_files(page.decode())

    sizes = {name: len(gzip.compress(content)) for name, content in files.items() if not name.startswith(DECODER)}

    assert {"js/scanner/offline-page.js", "js/stations/storage.js", "css/scanner.css"} <= sizes.keys()
    assert f"{DECODER}zxing_reader.wasm" in files
    assert len(gzip.compress(page)) + sum(sizes.values()) <= MOST, sizes


def test_the_page_that_a_phone_keeps_names_nobody_and_may_use_the_camera(lume: Shop) -> None:
    bo = lume.hire("Bo Quist")
    phone = Phone(lume).enrol()
    phone.sign_in(bo)
    names = ("Quist", lume.merchant.name, lume.merchant.slug, lume.location.name)
    assert "Quist" in phone.get().text
    answer = phone.get("/scanner/offline")

    assert [name for name in names if name in answer.text] == []
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert "'wasm-unsafe-eval'" in answer.headers["Content-Security-Policy"]


def test_a_page_in_other_words_is_another_version() -> None:
    texts = {Client().get(f"/scanner/sw.js?language={language}").content for language in ("en", "lv", "en")}

    assert len(texts) == 2


def test_the_page_knows_who_may_sign_in_without_a_network_and_whose_pin_was_changed(lume: Shop) -> None:
    bo = lume.hire("Bo")
    phone = Phone(lume).enrol()

    marks = [facts_of(phone, lume)["people"][0] for _ in range(2)]
    set_pin(lume.merchant, bo.id, "135790")
    marks.append(facts_of(phone, lume, "135790")["people"][0])

    assert marks[0] == marks[1]
    assert [(person["name"], person["pin_length"]) for person in marks[1:]] == [("Bo", 4), ("Bo", 6)]
    assert marks[1]["pin_mark"] != marks[2]["pin_mark"]


def facts_of(phone: Phone, shop: Shop, pin: str = PIN) -> dict[str, Any]:
    phone.sign_in(StaffMember.objects.get(merchant=shop.merchant, name="Bo"), pin)
    facts = phone.offline_facts()
    assert facts["place"] == shop.location.name
    return facts
