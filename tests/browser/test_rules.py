"""Rules of the front end that a reader of one file cannot see broken."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from django.test import override_settings

from stampwell.web.assets import HashedFiles
from tests.browser.site import STATIC

ROOT = STATIC.parents[1]
OWN_SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
STYLES = sorted((STATIC / "css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "stampwell" / "templates").rglob("*.html"))
PHYSICAL = re.compile(
    r"(?:^|[\s;{])(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)|left|right|top|bottom|float|clear"
    r"|(?:min-|max-)?(?:width|height))\s*:|text-align:\s*(?:left|right)"
)
# Asking for the time zone formats nothing.
INTL = re.compile(
    r"\bIntl\.(?!DateTimeFormat\(\)\.resolvedOptions\(\)\.timeZone)|\.toLocale\w*String|\beval\(|new Function"
)
INLINE = re.compile(r"\sstyle=|\son[a-z]+=|\shx-on|\"js:|<style|javascript:")
SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")")


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_styles_are_logical_so_that_right_to_left_works(style: Path) -> None:
    assert PHYSICAL.findall(style.read_text()) == []


@pytest.mark.parametrize("script", OWN_SCRIPTS, ids=lambda path: path.name)
def test_scripts_format_nothing_and_evaluate_nothing(script: Path) -> None:
    assert INTL.findall(script.read_text()) == []


def test_no_template_holds_an_inline_script_or_style() -> None:
    pages = [page for page in TEMPLATES if page.parent.name != "mail"]  # mail programs read no other style
    faults = [f"{page.name}: {fault}" for page in pages for fault in INLINE.findall(page.read_text())]
    faults += [f"{page.name}: inline script" for page in TEMPLATES if SCRIPT.search(page.read_text())]

    assert faults == []


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    named = re.compile(r'partials/icon\.html" with name="([\w-]+)"')
    asked = {name for page in TEMPLATES for name in named.findall(page.read_text())}

    assert asked - drawn == set()


def test_collected_modules_import_each_other_by_their_hashed_names(tmp_path: Path) -> None:
    collected, hashed = StaticFilesStorage(tmp_path, "/static/"), HashedFiles(tmp_path, "/static/")
    vendored = [*(STATIC / "vendor").rglob("*.js"), *(STATIC / "vendor").rglob("*.wasm")]
    names = [str(file.relative_to(STATIC)) for file in [*OWN_SCRIPTS, *vendored]]
    for name in names:
        collected.save(name, ContentFile((STATIC / name).read_bytes()))
    with override_settings(STATIC_ROOT=tmp_path):
        done = list(hashed.post_process({name: (collected, name) for name in names}))

    page = (tmp_path / hashed.stored_name("js/scanner/page.js")).read_text()
    imported = re.findall(r'from "(\./[^"]+|\.\./[^"]+)"', page)
    assert all(not isinstance(processed, Exception) for _, _, processed in done)
    assert len(imported) == 16
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imported)
    assert all((tmp_path / "js/scanner" / name).resolve().is_file() for name in imported)


def test_vendored_files_are_the_locked_ones() -> None:
    checked = subprocess.run([sys.executable, ROOT / "bin" / "vendor", "--check"], capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout
