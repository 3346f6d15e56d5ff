"""A damaged, cut off, foreign or hostile archive is refused in a sentence, and nothing is written."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from stampwell.backups import place
from stampwell.backups.age import AgeWriter, Passphrase
from stampwell.backups.archive import SMALL, Writing
from stampwell.backups.manifest import checksum_of
from stampwell.backups.opened import check
from stampwell.backups.trouble import BackupTrouble
from tests.backups.made import archive_bytes, archive_file, foreign_member


def refusal(folder: Path, data: bytes) -> str:
    with pytest.raises(BackupTrouble) as refused:
        check(archive_file(folder, data), [])
    return str(refused.value)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, link
    return header


def test_a_right_one_is_taken(tmp_path: Path) -> None:
    checked = check(archive_file(tmp_path, archive_bytes()), [])

    assert checked.manifest.stampwell == "1.2.3"
    assert checked.files["data/keys/token_key"] == b"0" * 64


def zip_file() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("manifest.json", "{}")
    return target.getvalue()


FOREIGN = {
    "empty": b"",
    "short": b"Stampwell",
    "text": b"hello\n" * 1000,
    "zeros": bytes(20_000),
    "zip": zip_file(),
    "gzip": gzip.compress(archive_bytes()),
    "an empty tar": bytes(10240),
    "a tar of somebody": member("etc/passwd").tobuf() + bytes(1024),
    "a later member first": archive_bytes()[1024:],
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_that_is_no_backup_is_called_so(tmp_path: Path, what: str) -> None:
    assert refusal(tmp_path, FOREIGN[what]) == "The file is no backup of Stampwell."


HOSTILE = {
    "a path upwards": member("data/../../etc/passwd"),
    "a path from the root": member("/etc/cron.d/evil"),
    "a path with dots": member("data/keys/.."),
    "a hidden file": member("data/.ssh"),
    "a name with a line break": member("data/keys/a\nb"),
    "a place of nobody": member("home/key"),
    "a deep path": member("data/" + "a/" * 6 + "a"),
    "a symbolic link": member("data/keys/link", tarfile.SYMTYPE, "/etc/passwd"),
    "a hard link": member("data/keys/link", tarfile.LNKTYPE, "data/keys/token_key"),
    "a folder": member("data/keys/folder", tarfile.DIRTYPE),
    "a device": member("data/keys/device", tarfile.CHRTYPE),
    "a pipe": member("data/keys/pipe", tarfile.FIFOTYPE),
    "a sparse file": member("data/keys/sparse", tarfile.GNUTYPE_SPARSE),
    "a second key": member("data/keys/token_key"),
    "a long name": member("data/" + "a" * 200),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_no_backup_of_ours_holds_is_refused(tmp_path: Path, what: str) -> None:
    said = refusal(tmp_path, archive_bytes(foreign_member(HOSTILE[what])))

    assert said.startswith("The archive holds “")
    assert said.isprintable()


@pytest.mark.parametrize("size", [SMALL + 1, 2**33, 2**62])
@pytest.mark.parametrize("name", ["data/keys/more", "database/0000001", "manifest.json"])
def test_a_member_that_claims_to_be_huge_is_refused_before_it_is_read(tmp_path: Path, name: str, size: int) -> None:
    def add(archive: Writing) -> None:
        header = tarfile.TarInfo(name)
        header.size = max(size, 2**33) if name.startswith("database") else size
        archive._target.write(header.tobuf(tarfile.GNU_FORMAT))

    assert refusal(tmp_path, archive_bytes(add)).startswith("The archive holds “")


def test_a_file_more_than_the_manifest_tells_is_noticed(tmp_path: Path) -> None:
    said = refusal(tmp_path, archive_bytes(foreign_member(member("data/keys/more"), b"x")))

    assert said == "The archive does not hold what its manifest tells: it is damaged."


def test_an_archive_that_is_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = archive_bytes()

    for length in [*range(0, 6000, 511), *range(6000, len(whole), 9973), len(whole) - 512, len(whole) - 1]:
        refusal(tmp_path, whole[:length])


def test_a_bit_that_was_turned_anywhere_is_noticed(tmp_path: Path) -> None:
    """In the content of a file, in the database and in the manifest; the padding between them is nobody's."""
    whole = archive_bytes()

    for content in (b"0" * 64, b"PGDMP", b"0001_initial", b"Stampwell backup"):
        turned = bytearray(whole)
        turned[whole.index(content) + 3] ^= 4
        refusal(tmp_path, bytes(turned))


def test_something_behind_the_end_is_refused(tmp_path: Path) -> None:
    assert "behind the end" in refusal(tmp_path, archive_bytes() + b"more")


def test_tar_may_fill_up_the_last_record(tmp_path: Path) -> None:
    check(archive_file(tmp_path, archive_bytes() + bytes(8192)), [])


def test_a_newer_format_is_named_before_anything_else_is_looked_at(tmp_path: Path) -> None:
    newer = archive_bytes(foreign_member(member("data/keys/one")), heading="Stampwell backup, format 2\n")

    assert "newer Stampwell" in refusal(tmp_path, newer)


@pytest.mark.parametrize("manifest", [b"", b"{}", b"[]", b"null", b"{" * 100_000, b'{"format": 1}'])
def test_a_manifest_that_says_nothing_is_refused(tmp_path: Path, manifest: bytes) -> None:
    whole = archive_bytes()
    end = whole.index(b"manifest.json")
    target = io.BytesIO()
    archive = Writing(target)
    archive.add("manifest.json", manifest)
    archive.add("manifest.json.sha256", checksum_of(manifest))
    archive.finish()

    assert "manifest" in refusal(tmp_path, whole[:end] + target.getvalue())


def test_a_sealed_archive_asks_for_what_opens_it(tmp_path: Path) -> None:
    target = io.BytesIO()
    writer = AgeWriter(target, [Passphrase("four words are long enough")])
    writer.write(archive_bytes())
    writer.close()
    file = archive_file(tmp_path, target.getvalue())

    assert check(file, [Passphrase("four words are long enough")]).manifest.stampwell == "1.2.3"
    with pytest.raises(BackupTrouble, match="--passphrase-file"):
        check(file, [])
    with pytest.raises(BackupTrouble, match="does not open"):
        check(file, [Passphrase("four other words")])


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BackupTrouble, match="cannot be read"):
        check(tmp_path / "nothing", [])
    with pytest.raises(BackupTrouble, match="cannot be read"):
        check(tmp_path, [])


def test_an_archive_of_a_newer_release_is_refused_with_its_version(tmp_path: Path) -> None:
    manifest = check(archive_file(tmp_path, archive_bytes(migrations=["0001_initial", "9999_later"])), []).manifest

    with pytest.raises(BackupTrouble, match=r"Stampwell 1\.2\.3.*9999_later"):
        place.require_known(manifest)


def test_another_key_in_the_environment_is_refused() -> None:
    files = {"data/keys/token_key": b"0" * 64 + b"\n"}

    place.require_keys(files, {})
    place.require_keys(files, {"STAMPWELL_TOKEN_KEY": "0" * 64})
    place.require_keys({"data/keys/token_key": b"ab" * 32}, {"STAMPWELL_TOKEN_KEY": "AB" * 32})
    with pytest.raises(BackupTrouble, match="another key"):
        place.require_keys(files, {"STAMPWELL_TOKEN_KEY": "1" * 64})
    with pytest.raises(BackupTrouble, match="lacks the key"):
        place.require_keys({}, {})


def test_a_full_disk_is_known_before(tmp_path: Path) -> None:
    manifest = check(archive_file(tmp_path, archive_bytes(database_bytes=2**60)), []).manifest

    with pytest.raises(BackupTrouble, match="MB free"):
        place.require_room(tmp_path / "not" / "there", manifest, embedded=True)
