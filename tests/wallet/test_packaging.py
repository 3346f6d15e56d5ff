import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stampwell.wallet.apple.archive import assemble_pass, pack_files, sign_pass
from stampwell.wallet.apple.development_chain import Chain
from stampwell.wallet.apple.signature import PassIdentity
from tests.wallet.cards import LANGUAGES, build_card_pass, coffee_card, coffee_face
from tests.wallet.openssl import verify_signature
from tests.wallet.packages import open_pass

PICTURES = {f"{name}{scale}.png" for name in ("icon", "logo", "strip") for scale in ("", "@2x", "@3x")}


def test_pass_holds_pictures_texts_and_what_proves_them(identity: PassIdentity) -> None:
    opened = open_pass(build_card_pass(identity, coffee_card()))

    texts = {f"{locale}.lproj/pass.strings" for locale in LANGUAGES}
    assert set(opened.files) == PICTURES | texts | {"pass.json", "manifest.json", "signature"}
    assert len(opened.entries) == len(opened.files)


def test_manifest_has_the_digest_of_every_other_file(identity: PassIdentity) -> None:
    opened = open_pass(build_card_pass(identity, coffee_card()))

    assert opened.manifest == {
        name: hashlib.sha1(data).hexdigest()
        for name, data in opened.files.items()
        if name not in ("manifest.json", "signature")
    }


def test_openssl_accepts_the_signature_of_the_manifest(identity: PassIdentity, chain: Chain, tmp_path: Path) -> None:
    opened = open_pass(build_card_pass(identity, coffee_card()))

    manifest, signature = opened.files["manifest.json"], opened.files["signature"]
    assert verify_signature(signature, manifest, root=chain.root, folder=tmp_path)
    forged = re.sub(rb"[0-9a-f]{40}", b"0" * 40, manifest, count=1)
    assert forged != manifest
    assert not verify_signature(signature, forged, root=chain.root, folder=tmp_path)


def test_entries_have_no_data_descriptor_no_folder_and_fixed_times(identity: PassIdentity) -> None:
    opened = open_pass(build_card_pass(identity, coffee_card()))

    for entry in opened.entries:
        assert entry.flag_bits == 0
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert not entry.is_dir()
        assert not entry.extra
    assert all("/" not in entry.filename or ".lproj/" in entry.filename for entry in opened.entries)


def test_sizes_stand_before_each_entry_for_readers_that_stream(identity: PassIdentity) -> None:
    data = build_card_pass(identity, coffee_card())

    for entry in open_pass(data).entries:
        head = data[entry.header_offset : entry.header_offset + 30]
        assert head[:4] == b"PK\x03\x04"
        assert int.from_bytes(head[14:18], "little") == entry.CRC
        assert int.from_bytes(head[18:22], "little") == entry.compress_size
        assert int.from_bytes(head[22:26], "little") == entry.file_size


@pytest.mark.skipif(shutil.which("unzip") is None, reason="needs the program unzip")
def test_unzip_finds_no_fault(identity: PassIdentity, tmp_path: Path) -> None:
    file = tmp_path / "card.pkpass"
    file.write_bytes(build_card_pass(identity, coffee_card()))

    tested = subprocess.run(["unzip", "-tq", str(file)], capture_output=True, check=False)

    assert tested.returncode == 0, tested.stdout


def test_same_card_makes_the_same_files(identity: PassIdentity) -> None:
    first = open_pass(build_card_pass(identity, coffee_card())).files
    again = open_pass(build_card_pass(identity, coffee_card(face=coffee_face()))).files

    assert first.pop("signature") != b""
    del again["signature"]  # it holds the time of signing
    assert first == again


def test_each_count_of_stamps_has_its_own_strip(identity: PassIdentity) -> None:
    strips = {
        open_pass(build_card_pass(identity, coffee_card(stamps=stamps))).files["strip@2x.png"] for stamps in range(11)
    }

    assert len(strips) == 11


def test_package_of_prepared_parts_keeps_every_offset_right(identity: PassIdentity) -> None:
    parts = [pack_files({"a.png": b"a" * 7}), pack_files({}), pack_files({"b.png": b"", "c.png": b"c"})]

    opened = open_pass(sign_pass(identity, assemble_pass(b"{}", parts)))

    assert opened.files["a.png"] == b"a" * 7
    assert opened.files["b.png"] == b""
    assert opened.files["c.png"] == b"c"
    assert sorted(opened.manifest) == ["a.png", "b.png", "c.png", "pass.json"]
