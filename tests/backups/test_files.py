"""What of the data folder and the settings goes into an archive, and what never does."""

from pathlib import Path

import pytest

from stampwell.backups.files import configured_files, kept_files, settings_without_secrets
from stampwell.backups.trouble import BackupTrouble


def test_keys_and_certificates_are_kept_and_what_can_be_made_anew_is_not(tmp_path: Path) -> None:
    for name in (
        "keys/token_key",
        "wallet/development/root.pem",
        "strips/1.png",
        "static/a.css",
        "prepared",
        "database/log",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
    (tmp_path / "keys" / ".lock").touch()

    assert dict(kept_files(tmp_path)) == {
        "data/keys/token_key": b"keys/token_key",
        "data/wallet/development/root.pem": b"wallet/development/root.pem",
    }


def test_files_that_settings_name_are_kept_too(tmp_path: Path) -> None:
    (tmp_path / "pass.pem").write_bytes(b"certificate")

    found = dict(configured_files({"STAMPWELL_APPLE_CERTIFICATE": str(tmp_path / "pass.pem")}))

    assert found == {"configured/STAMPWELL_APPLE_CERTIFICATE": b"certificate"}


def test_a_named_file_that_cannot_be_kept_stops_the_backup(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(5_000_000))

    for file in (tmp_path / "nothing", tmp_path, tmp_path / "large", Path("/dev/zero")):
        with pytest.raises(BackupTrouble):
            dict(configured_files({"STAMPWELL_GOOGLE_ACCOUNT": str(file)}))


def test_no_password_is_in_the_settings() -> None:
    text = settings_without_secrets(
        {
            "STAMPWELL_BASE_URL": "https://stamps.example",
            "STAMPWELL_MAIL_PASSWORD": "s1",
            "STAMPWELL_SECRET_KEY": "s2",
            "STAMPWELL_TOKEN_KEY": "s3",
            "STAMPWELL_APPLE_KEY_PASSWORD": "s4",
            "STAMPWELL_BACKUP_PASSPHRASE": "s5",
            "STAMPWELL_METRICS_TOKEN": "s6",
            "STAMPWELL_SOME_URL": "https://me:s7@example.com/x",
            "STAMPWELL_BACKUP_PASSPHRASE_FILE": "/etc/words",
            "DATABASE_URL": "postgresql://me:s8@host/x",
            "STAMPWELL_DATABASE_POOLER": "postgresql:///x?user=me&password=t1&sslpassword=t2&host=h",
            "STAMPWELL_DATABASE_REPLICA": "postgresql://me:t3@host/x",
            "AWS_SECRET_ACCESS_KEY": "s9",
        }
    ).decode()

    assert [
        secret for secret in ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "t1", "t2", "t3"] if secret in text
    ] == []
    assert "&host=h" in text
    assert "STAMPWELL_BASE_URL=https://stamps.example" in text
    assert "STAMPWELL_BACKUP_PASSPHRASE_FILE=/etc/words" in text
    assert "# STAMPWELL_MAIL_PASSWORD was set." in text
