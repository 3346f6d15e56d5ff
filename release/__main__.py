"""Builds, looks, tries, and tells what would be published."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from release.bill import write_bill
from release.building import build, build_again, differences, digest
from release.checkout import CHECKS, ROOT, Commit, export, left_out, this_commit, why_not_dated, why_not_released_lately
from release.contents import faults_of_source, faults_of_wheel
from release.installed import install
from release.licences import write_page
from release.parts import copied, foreign_terms, packages
from release.trial import try_it
from release.trouble import ReleaseTrouble


def main() -> int:
    options = _read_options()
    if options.licences:
        write_page(ROOT)
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="stampwell-release-", dir="/tmp") as folder:
            Path(folder).chmod(0o755)  # the database's own user has to pass
            faults = _release(options.uv, Path(folder), is_draft=options.draft)
    except ReleaseTrouble as trouble:
        faults = [str(trouble)]
    for fault in faults:
        _say(f"Not fit to be published: {fault}")
    return 1 if faults else 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/release")
    parser.add_argument("--uv", default="uv", help="the program that builds and installs")
    parser.add_argument("--draft", action="store_true", help="CHANGELOG.md and RELEASED may not be ready")
    parser.add_argument("--licences", action="store_true", help="only write the page of licences")
    return parser.parse_args()


def _release(uv: str, scratch: Path, *, is_draft: bool) -> list[str]:
    """What speaks against it. Raises ReleaseTrouble where it cannot even be told."""
    commit = this_commit()
    _say(f"Stampwell {commit.version}, commit {commit.name[:12]}")
    if changed := left_out():
        _say(f"Mind: {len(changed)} files are changed or new and not committed; they are not in it.")
    to = ROOT / "dist"
    shutil.rmtree(to, ignore_errors=True)
    built = build(uv, commit, scratch / "first", to)
    source = export(scratch / "looked at")
    faults = _faults(commit, built, source, is_draft=is_draft)
    _say("Looked into both. Building them again.")
    faults += differences(built, build_again(uv, commit, scratch))
    bill = write_bill(uv, commit, source, to / f"stampwell-{commit.version}.cdx.json")
    _say(f"{len(bill.components)} parts are listed. Installing and trying it.")
    try_it(install(uv, to / built[-1].name, scratch), commit.version)
    _say("Tried: setup, serve, shop, join, stamps, voucher, redemption, backup, restore.")
    _tell(commit, to)
    return faults


def _faults(commit: Commit, built: list[Path], source: Path, *, is_draft: bool) -> list[str]:
    undone = [
        why_not_dated((source / "CHANGELOG.md").read_text(), commit.version),
        why_not_released_lately((source / CHECKS).read_text(), commit.made),
    ]
    unprepared = [why for why in undone if why]
    if is_draft:
        for why in unprepared:
            _say(f"Mind: {why}")
        unprepared = []
    [wheel] = [file for file in built if file.suffix == ".whl"]
    [archive] = [file for file in built if file.suffix == ".gz"]
    parts = [*packages(source), *copied(source)]
    return [
        *unprepared,
        *faults_of_wheel(wheel, source),
        *faults_of_source(archive, source),
        *(f"{part.name}: nobody has agreed to {term}." for part in parts for term in foreign_terms(part)),
    ]


def _tell(commit: Commit, to: Path) -> None:
    files = sorted(to.glob("stampwell-*"))
    _say("To be published, and nothing is yet:")
    for file in files:
        print(f"{digest(file)}  {file.relative_to(ROOT)}  {file.stat().st_size:,} bytes")
    _say(
        f"git tag -s {commit.tag} {commit.name} && git push origin {commit.tag}\n"
        "uv publish dist/*.whl dist/*.tar.gz; the list of parts (.cdx.json) goes with them to the page of the release"
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
