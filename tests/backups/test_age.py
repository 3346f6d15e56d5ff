"""What we encrypt, another implementation of age opens, and the other way round."""

import io

import pyrage
import pytest

from stampwell.backups import age
from stampwell.backups.age import AgeReader, AgeWriter, Damaged, Identity, Passphrase, PublicKey, Recipient, SecretKey
from stampwell.backups.trouble import BackupTrouble

SIZES = [0, 1, age.CHUNK - 1, age.CHUNK, age.CHUNK + 1, 3 * age.CHUNK]


@pytest.fixture(autouse=True)
def _quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age, "WORK", 10)


def encrypted(plain: bytes, recipient: Recipient) -> bytes:
    target = io.BytesIO()
    writer = AgeWriter(target, [recipient])
    for start in range(0, len(plain), 10_000):
        writer.write(plain[start : start + 10_000])
    writer.close()
    return target.getvalue()


def decrypted(sealed: bytes, identity: Identity) -> bytes:
    reader = AgeReader(io.BytesIO(sealed), [identity])
    parts = []
    while part := reader.read(7_001):
        parts.append(part)
    return b"".join(parts)


def sample(size: int) -> bytes:
    return (b"Stampwell " * (size // 10 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
def test_a_passphrase_opens_what_was_sealed_with_it_here_and_elsewhere(size: int) -> None:
    sealed = encrypted(sample(size), Passphrase("a long café"))

    assert decrypted(sealed, Passphrase("a long café")) == sample(size)
    assert pyrage.passphrase.decrypt(sealed, "a long café") == sample(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_key_opens_what_was_sealed_to_it_here_and_elsewhere(size: int) -> None:
    theirs = pyrage.x25519.Identity.generate()
    sealed = encrypted(sample(size), PublicKey(str(theirs.to_public())))

    assert decrypted(sealed, SecretKey(str(theirs))) == sample(size)
    assert pyrage.decrypt(sealed, [theirs]) == sample(size)


def test_what_others_sealed_to_several_keys_is_opened_here() -> None:
    first, second = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    sealed = pyrage.encrypt(sample(200_000), [first.to_public(), second.to_public()])

    assert decrypted(sealed, SecretKey(str(second))) == sample(200_000)


def test_another_passphrase_or_key_is_refused_in_a_sentence() -> None:
    sealed = encrypted(b"secret", Passphrase("right"))

    for identity in (Passphrase("wrong"), SecretKey(str(pyrage.x25519.Identity.generate()))):
        with pytest.raises(BackupTrouble, match="does not open"):
            decrypted(sealed, identity)


@pytest.mark.parametrize("cut", [1, 16, age.CHUNK, age.CHUNK + age.TAG, 2 * age.CHUNK])
def test_a_cut_off_file_is_refused(cut: int) -> None:
    """Also where it ends exactly between two chunks."""
    sealed = encrypted(sample(3 * age.CHUNK), Passphrase("right"))

    with pytest.raises(Damaged):
        decrypted(sealed[:-cut], Passphrase("right"))


def test_no_byte_can_be_changed_unseen() -> None:
    sealed = encrypted(b"secret", Passphrase("right"))

    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(BackupTrouble):
            decrypted(bytes(changed), Passphrase("right"))


def test_no_head_can_be_written_in_two_ways() -> None:
    sealed = encrypted(b"secret", Passphrase("right"))
    last = sealed.index(b"\n", sealed.index(b"\n--- ") + 1) - 1
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    further = letters[letters.index(sealed[last]) + 1]  # the same last byte, with a bit behind it

    with pytest.raises(Damaged):
        decrypted(sealed[:last] + bytes([further]) + sealed[last + 1 :], Passphrase("right"))


def test_a_file_that_would_take_all_memory_is_refused() -> None:
    sealed = encrypted(b"secret", Passphrase("right")).replace(b" 10\n", b" 30\n", 1)

    with pytest.raises(Damaged, match="memory"):
        decrypted(sealed, Passphrase("right"))


NO_KEYS = {
    "empty": "",
    "only the beginning": "age1",
    "too short": "age1qqqq",
    "a key of ssh": "ssh-ed25519 AAAA",
    "a wrong check": "AGE1" + "q" * 58,
    "a secret key": str(pyrage.x25519.Identity.generate()),
    "no letter of them": str(pyrage.x25519.Identity.generate().to_public())[:-1] + "b",
}


@pytest.mark.parametrize("what", NO_KEYS)
def test_what_is_no_public_key_is_refused(what: str) -> None:
    with pytest.raises(BackupTrouble, match="no key of age"):
        PublicKey(NO_KEYS[what])
