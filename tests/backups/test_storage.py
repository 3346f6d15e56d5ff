"""Where archives are put: a folder, and a bucket."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest
from obstore.store import LocalStore, MemoryStore

from stampwell.backups.bucket import Bucket, open_bucket
from stampwell.backups.replacing import new_file
from stampwell.backups.storage import Folder, Storage, open_storage
from stampwell.backups.trouble import BackupTrouble
from tests.processes import Program


def hello(stream: IO[bytes]) -> None:
    stream.write(b"hello" * 3_000_000)  # more than one part of an upload


def fails(stream: IO[bytes]) -> None:
    stream.write(b"half")
    raise BackupTrouble("The database cannot be used.")


@pytest.fixture(params=["folder", "bucket", "bucket with a folder"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    match request.param:
        case "folder":
            yield Folder(tmp_path)
        case "bucket":
            yield Bucket(MemoryStore(), "s3://bucket", tmp_path)
        case _:
            (tmp_path / "store").mkdir()
            yield Bucket(LocalStore(tmp_path / "store"), "s3://bucket/", tmp_path)


def test_what_was_stored_is_listed_and_can_be_deleted(storage: Storage) -> None:
    assert storage.store("one.tar", hello) == 15_000_000
    storage.store("two.tar", hello)

    assert sorted(storage.names()) == ["one.tar", "two.tar"]
    storage.delete("one.tar")
    assert storage.names() == ["two.tar"]
    assert storage.place_of("two.tar").endswith("/two.tar")


def test_what_could_not_be_made_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(BackupTrouble):
        storage.store("one.tar", fails)

    assert storage.names() == []
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    (tmp_path / "one.tar").write_bytes(b"precious")

    with pytest.raises(BackupTrouble, match="already"), new_file(tmp_path / "one.tar"):
        pass

    assert (tmp_path / "one.tar").read_bytes() == b"precious"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "one.tar").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(BackupTrouble, match="already"), new_file(tmp_path / "one.tar"):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackupTrouble, match="cannot be written"), new_file(tmp_path / "nowhere" / "one.tar"):
        pass


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BackupTrouble, match="is full"), new_file(tmp_path / "full.tar") as stream:
        raise_full(stream)

    assert list(tmp_path.iterdir()) == []


def raise_full(stream: IO[bytes]) -> None:
    """As the system says it: /dev/full has no room for anything."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        os.dup2(full.fileno(), stream.fileno())
    stream.write(b"x" * 100_000)
    stream.flush()


def test_a_bucket_that_does_not_answer_is_told_without_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_key(monkeypatch, "http://127.0.0.1:9")
    bucket = open_bucket("s3://bucket/shop", tmp_path)

    with pytest.raises(BackupTrouble, match="s3://bucket/shop could not be used") as refused:
        bucket.names()

    assert "EXAMPLE" not in str(refused.value)


REFUSALS = [
    ("NoSuchBucket", 404, "Make it, or name another one in STAMPWELL_BACKUP_TO."),
    ("InvalidAccessKeyId", 403, "See AWS_ACCESS_KEY_ID."),
    ("SignatureDoesNotMatch", 403, "See AWS_SECRET_ACCESS_KEY."),
    ("AccessDenied", 403, "The key has to be allowed to list, write, read and delete there."),
    ("QuotaExceeded", 403, ""),
]


@pytest.fixture
def refusing_store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answers everything with one refusal, as S3 writes it: it quotes the request."""
    code, status, _advice = request.param
    said = (
        f"<Error><Code>{code}</Code><Message>No, thank you.</Message><StringToSign>AKIDEXAMPLE</StringToSign></Error>"
    )

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        do_GET = do_PUT = do_POST

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    set_key(monkeypatch, f"http://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def set_key(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrEXAMPLE")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")


@pytest.mark.parametrize("refusing_store", REFUSALS, indirect=True, ids=lambda refusal: refusal[0])
@pytest.mark.parametrize("size", [10, 15_000_000], ids=["in one piece", "in parts"])
@pytest.mark.usefixtures("refusing_store")
def test_what_the_store_refuses_is_told_in_two_sentences(
    request: pytest.FixtureRequest, tmp_path: Path, size: int
) -> None:
    code, _status, advice = request.node.callspec.params["refusing_store"]
    bucket = open_bucket("s3://bucket/shop", tmp_path)

    with pytest.raises(BackupTrouble) as reading:
        bucket.names()
    with pytest.raises(BackupTrouble) as writing:
        bucket.store("one.tar", lambda stream: stream.write(bytes(size)))

    sentence = f"s3://bucket/shop could not be used. The store says {code}: No, thank you. {advice}".rstrip()
    assert (str(reading.value), str(writing.value)) == (sentence, sentence)


# As the command does: asked to stop, it leaves as after Ctrl-C.
UPLOADING = """
import signal, sys
from pathlib import Path
from stampwell.backups.bucket import open_bucket

def leave(number, frame):
    raise KeyboardInterrupt

signal.signal(signal.SIGTERM, leave)
try:
    open_bucket("s3://bucket/shop", Path(sys.argv[1])).store("one.tar", lambda stream: stream.write(b"x" * 1000))
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_an_upload_to_a_store_that_hangs_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        set_key(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
        process = Program([sys.executable, "-c", UPLOADING, str(tmp_path)])
        try:
            asking, _address = silent.accept()
            with asking:
                assert asking.recv(3) == b"PUT"
                process.terminate()

                assert process.wait(timeout=60) == 130
        finally:
            process.kill()
            process.wait()

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_backup_left_in_the_workplace_is_cleared_up(tmp_path: Path) -> None:
    for name in ("backup-0t2javh5", "backup.lock", "last-backup.json", "backup-of-mine.tar"):
        (tmp_path / name).touch()
    (tmp_path / "backup-folders").mkdir()

    Bucket(MemoryStore(), "s3://bucket", tmp_path).clear_unfinished(lambda _name: True)

    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "backup-folders",
        "backup-of-mine.tar",
        "backup.lock",
        "last-backup.json",
    ]


def test_a_store_of_ones_own_without_a_key_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)

    with pytest.raises(BackupTrouble, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        open_bucket("s3://bucket/shop", tmp_path)


def test_half_a_key_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)

    with pytest.raises(BackupTrouble, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        open_bucket("s3://bucket/shop", tmp_path)


def test_the_place_says_which_storage_it_is(tmp_path: Path) -> None:
    assert isinstance(open_storage(str(tmp_path), tmp_path), Folder)
    assert isinstance(open_storage("s3://bucket/shop", tmp_path), Bucket)
