"""Builds the package as uv does, and compiles the message catalogues before it makes a wheel.

A wheel whose .mo are missing or old looks whole and speaks English only, so they are made from the .po every time.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import uv_build
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "stampwell" / "locale"
NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)  # that of the making would be in it, and each wheel another one
Config = dict[str, object] | None

get_requires_for_build_wheel = uv_build.get_requires_for_build_wheel
get_requires_for_build_sdist = uv_build.get_requires_for_build_sdist
get_requires_for_build_editable = uv_build.get_requires_for_build_editable
prepare_metadata_for_build_wheel = uv_build.prepare_metadata_for_build_wheel
prepare_metadata_for_build_editable = uv_build.prepare_metadata_for_build_editable
build_sdist = uv_build.build_sdist
build_editable = uv_build.build_editable


def build_wheel(wheel_directory: str, config_settings: Config = None, metadata_directory: str | None = None) -> str:
    made = [_compile(po) for po in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))]
    if not made:
        sys.exit(f"There are no message catalogues in {LOCALE}.")
    name: str = uv_build.build_wheel(wheel_directory, config_settings, metadata_directory)
    return name


def _compile(po: Path) -> Path:
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parts[-3], ignore_obsolete=True)
    catalogue.creation_date = catalogue.revision_date = NO_MOMENT
    fresh = po.with_suffix(".built")
    with fresh.open("wb") as target:
        write_mo(target, catalogue)
    return fresh.replace(po.with_suffix(".mo"))
