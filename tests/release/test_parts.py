"""Whatever Stampwell is made of may be given on, and the page says under which terms."""

from importlib.metadata import distribution
from pathlib import Path

from release.checkout import ROOT, why_not_dated
from release.licences import LIBRARIES, PAGE, page
from release.parts import Part, copied, foreign_terms, packages

FONTS = ROOT / "stampwell" / "fonts"


def test_every_part_is_under_a_licence_that_was_agreed_to() -> None:
    parts = [*packages(ROOT), *copied(ROOT)]

    assert {part.name: foreign_terms(part) for part in parts if foreign_terms(part)} == {}


def test_terms_that_nobody_agreed_to_are_found() -> None:
    assert foreign_terms(Part("other", "1", "MIT AND GPL-3.0-only")) == ["GPL-3.0-only"]
    assert foreign_terms(Part("other", "1", "LGPL-3.0-only")) == ["LGPL-3.0-only"]
    assert foreign_terms(Part("psycopg", "1", "LGPL-3.0-only")) == []
    assert foreign_terms(Part("other", "1", "(MIT OR Apache-2.0)")) == []
    assert foreign_terms(Part("other", "1", "")) == ["nothing"]


def test_the_page_of_licences_tells_what_is_installed() -> None:
    assert (ROOT / PAGE).read_text() == page(ROOT), "write it anew: bin/release --licences"


def test_the_versions_on_the_page_are_those_that_run() -> None:
    assert {part.name for part in packages(ROOT) if distribution(part.name).version != part.version} == set()


def test_every_library_that_a_package_carries_is_on_the_page() -> None:
    carried = {(part.name, library) for part in packages(ROOT) for library in libraries_of(part.name)}

    assert carried - {(package, library) for package, found in LIBRARIES.items() for library in found} == set()


def libraries_of(package: str) -> list[str]:
    """Beside the package, in a folder that the builders of wheels for Linux name so: `libpq-6197da7d.so.5.18`."""
    files = distribution(package).files or []
    return [file.name.rpartition(".so")[0].rpartition("-")[0] for file in files if ".libs/" in str(file)]


def test_every_font_and_vendored_file_comes_with_its_licence() -> None:
    vendored = ROOT / "stampwell" / "static" / "vendor"

    assert {folder.name for folder in vendored.iterdir() if not (folder / "LICENSE").exists()} == set()
    assert (FONTS / "OFL.txt").exists()
    assert {file.name for file in FONTS.iterdir() if not is_noto(file)} == {"OFL.txt", "README.md"}


def is_noto(file: Path) -> bool:
    return file.name.startswith("Noto")


def test_a_release_is_dated_in_the_changelog() -> None:
    assert why_not_dated("# Changelog\n\n## 0.2.0 – 2027-01-31\n\n- Faster.\n", "0.2.0") is None
    assert why_not_dated("# Changelog\n\n## Unreleased\n\n- 0.2.0 is faster.\n", "0.2.0") is not None
    assert why_not_dated("# Changelog\n\n## 0x2.0 – 2027-01-31\n", "0.2.0") is not None
