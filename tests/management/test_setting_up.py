"""`stampwell setup`: what is answered is looked at at once, and a file is written whole or not at all."""

import configparser
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stampwell.management import questions, setting_up
from stampwell.management.questions import QUESTIONS, AnswerTrouble
from stampwell.management.setting_up import main
from stampwell.management.settings_file import read_settings
from stampwell.management.systemd_unit import _as_word, unit_text
from stampwell.management.writing import write_for

ADDRESS = "https://cards.example.com"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("STAMPWELL_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    # What is usual on this machine may hold another's data.
    usual = [replace(one, usual=str(tmp_path / "usual")) if one.option == "--data" else one for one in QUESTIONS]
    monkeypatch.setattr(setting_up, "QUESTIONS", tuple(usual))
    monkeypatch.setattr(questions, "_usual_data", lambda: str(tmp_path / "usual"))


def set_up(*options: str) -> int:
    return main(["--no-questions", "--file", "stampwell.env", *options])


def written() -> dict[str, str]:
    return read_settings(Path("stampwell.env"))


def test_options_become_a_file_that_only_its_owner_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mail = "smtp://hello%40x.example:p%3Ass'w$rd@smtp.x.example"
    code = set_up("--address", ADDRESS, "--data", "data", "--mail", mail, "--owner", "ada@x.example")

    assert code == 0
    assert written() == {
        "STAMPWELL_BASE_URL": ADDRESS,
        "STAMPWELL_LISTEN": "127.0.0.1:8000",
        "STAMPWELL_TRUSTED_PROXIES": "127.0.0.1",
        "STAMPWELL_DATA": str(tmp_path / "data"),
        "STAMPWELL_MAIL_HOST": "smtp.x.example",
        "STAMPWELL_MAIL_TLS": "starttls",
        "STAMPWELL_MAIL_USER": "hello@x.example",
        "STAMPWELL_MAIL_PASSWORD": "p:ss'w$rd",
        "STAMPWELL_MAIL_FROM": "hello@x.example",
        "STAMPWELL_ALARM_TO": "ada@x.example",
        "STAMPWELL_FIRST_OWNER": "ada@x.example",
        "STAMPWELL_OPEN_SHOPS": "no",
    }
    assert Path("stampwell.env").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["stampwell.env"]
    assert "p:ss" not in capsys.readouterr().out


@pytest.mark.parametrize("password", ["p/q", "p@q", "p#q?r", "p:q/r@s", "p%q"])
def test_every_letter_of_a_password_for_mail_is_taken_as_it_is(password: str) -> None:
    assert set_up("--address", ADDRESS, "--mail", f"smtp://ada@x.example:{password}@smtp.x.example:2525") == 0

    found = written()
    assert (found["STAMPWELL_MAIL_USER"], found["STAMPWELL_MAIL_PASSWORD"]) == ("ada@x.example", password)
    assert (found["STAMPWELL_MAIL_HOST"], found["STAMPWELL_MAIL_PORT"]) == ("smtp.x.example", "2525")


def test_where_no_file_is_named_the_one_of_the_machine_stays_as_it_is() -> None:
    """Here, that is; see `_root_keeps_its_settings`."""
    place = setting_up.PLACE_OF_ROOT if os.geteuid() == 0 else Path("stampwell.env").absolute()
    try:
        assert main(["--no-questions", "--address", ADDRESS]) == 0

        assert read_settings(place)["STAMPWELL_BASE_URL"] == ADDRESS
        assert not place.is_relative_to("/etc")
    finally:
        place.unlink(missing_ok=True)


def test_the_environment_answers_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMPWELL_BASE_URL", ADDRESS)
    monkeypatch.setenv("STAMPWELL_DATA", "/srv/cards")
    monkeypatch.setenv("STAMPWELL_MAIL_HOST", "smtp.x.example")
    monkeypatch.setenv("STAMPWELL_MAIL_FROM", "hello@x.example")
    monkeypatch.setenv("STAMPWELL_OPEN_SHOPS", "yes")

    assert set_up() == 0

    assert written()["STAMPWELL_DATA"] == "/srv/cards"
    assert written()["STAMPWELL_MAIL_FROM"] == "hello@x.example"
    assert written()["STAMPWELL_OPEN_SHOPS"] == "yes"


def answering(*answers: str) -> Callable[[str], str]:
    left = list(answers)

    def ask(question: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return ask


def test_at_most_five_questions_and_a_bad_answer_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    answers = ("cards.example.com", ADDRESS, "", "smtp://:5", "", "ada", "ada@x.example", "maybe", "")

    assert main(["--file", "stampwell.env"], answering(*answers)) == 0

    assert len(QUESTIONS) == 5
    said = capsys.readouterr().err
    assert [line for line in said.splitlines() if "begin with https" in line]
    assert "“ada” is no email address." in said
    assert written()["STAMPWELL_FIRST_OWNER"] == "ada@x.example"


def test_who_leaves_in_the_middle_has_written_nothing(tmp_path: Path) -> None:
    assert main(["--file", "stampwell.env"], answering(ADDRESS, "data")) == 130

    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "Name it with --address"),
        (("--address", "http://cards.example.com"), "which is not https"),
        (("--address", ADDRESS, "--owner", "ada"), "is no email address"),
        (
            ("--address", ADDRESS, "--owner", f"ada@{'d' * 60}.{'d' * 60}.{'d' * 60}.{'d' * 60}.{'d' * 60}.lv"),
            "is no email",
        ),
        (("--address", ADDRESS, "--mail", "ftp://x"), "A mail server is named as"),
        (("--address", ADDRESS, "--mail", "smtp://u@smtp.x.example"), "Set both STAMPWELL_MAIL_USER"),
        (("--address", ADDRESS, "--mail", "smtp://smtp.x.example:x"), "number from 1 to 65535"),
        (("--address", ADDRESS, "--mail", "smtp://smtp.x.example/inbox"), "A mail server is named as"),
        (("--address", ADDRESS, "--data", "mysql://x/y"), "not the address of a PostgreSQL"),
        (("--address", ADDRESS, "--data", "postgresql://x@127.0.0.1:1/y"), "The database cannot be used. It says: "),
        (("--address", ADDRESS, "--data", "/dev/null"), "is a file"),
        (("--address", ADDRESS, "--listen", "8000"), "STAMPWELL_LISTEN is an address and a port"),
        (("--address", ADDRESS, "--certificate", "a.pem"), "Set both"),
        (("--address", ADDRESS, "--certificate", "a.pem", "--key", "b.pem"), "cannot be read"),
        (("--address", ADDRESS, "--open-shops", "perhaps"), "is “yes” or “no”"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    options: tuple[str, ...], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_up(*options) == 1

    assert why in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_is_there_is_replaced_only_when_told_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    Path("stampwell.env").write_text("MINE=1\n")

    assert set_up("--address", ADDRESS) == 1
    assert "is there already, and is left as it is" in capsys.readouterr().err
    assert Path("stampwell.env").read_text() == "MINE=1\n"

    assert set_up("--address", ADDRESS, "--replace") == 0
    assert "Not in it any more: MINE. What stood there lies in" in capsys.readouterr().out
    assert written()["STAMPWELL_BASE_URL"] == ADDRESS
    assert Path("stampwell.env.before").read_text() == "MINE=1\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root sets up for another user")
def test_root_sets_up_again_where_the_folder_is_the_serving_user_s_already(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = pwd.getpwnam("nobody")
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", nobody.pw_uid, nobody.pw_gid)
    assert set_up("--address", ADDRESS, "--data", "data") == 1
    assert "belongs to the user nobody" in capsys.readouterr().err

    monkeypatch.setattr(questions, "SERVING_USER", "nobody")
    assert set_up("--address", ADDRESS, "--data", "data") == 0
    assert set_up("--address", "https://b.example.com", "--data", "data", "--replace") == 0
    assert written()["STAMPWELL_BASE_URL"] == "https://b.example.com"


def test_an_address_of_this_machine_is_listened_on() -> None:
    assert set_up("--address", "http://127.0.0.1:8123") == 0
    assert written()["STAMPWELL_LISTEN"] == "127.0.0.1:8123"
    assert "STAMPWELL_TRUSTED_PROXIES" not in written()


def test_an_address_without_https_is_for_who_says_so() -> None:
    assert set_up("--address", "http://192.168.1.20:8000", "--without-https") == 0

    assert written()["STAMPWELL_LISTEN"] == "0.0.0.0:8000"
    assert written()["STAMPWELL_WITHOUT_HTTPS"] == "yes"


def test_a_database_of_ones_own_is_tried(transactional_db: None, tmp_path: Path) -> None:
    from tests.serving import database_url  # noqa: PLC0415 - only now is there one

    assert set_up("--address", ADDRESS, "--data", database_url()) == 0
    assert written()["DATABASE_URL"] == database_url()


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert main(["--no-questions", "--address", ADDRESS, "--file", str(tmp_path / "file" / "x.env")]) == 1

    with pytest.raises(Exception, match="cannot be written"):
        write_for(tmp_path / "file" / "x.env", "")


@pytest.mark.skipif(os.geteuid() == 0, reason="as root it makes a user and writes to /etc")
def test_the_unit_is_written_beside_the_settings(tmp_path: Path) -> None:
    assert set_up("--address", ADDRESS, "--data", "data", "--systemd") == 0

    unit = tmp_path / "stampwell.service"
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.read(unit)
    assert parsed["Service"]["NoNewPrivileges"] == "yes"
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("path", "word"), [("/srv/cards", "/srv/cards"), ("/srv/my cards", '"/srv/my cards"'), ("/srv/5%", "/srv/5%%")]
)
def test_a_path_is_one_word_of_a_unit(path: str, word: str) -> None:
    assert _as_word(Path(path)) == word


def test_an_answer_says_what_it_misses() -> None:
    with pytest.raises(AnswerTrouble, match="--address"):
        QUESTIONS[0].read("", {})


def unit_of(**settings: str) -> str:
    file, program = Path("/etc/stampwell.env"), Path("/bin/true")
    told = {"STAMPWELL_DATA": "/srv/cards", **settings}
    return unit_text(file, told, user="stampwell", program=program, python=Path("/usr"))


def service_of(**settings: str) -> dict[str, str]:
    lines = (line.partition("=") for line in unit_of(**settings).splitlines())
    return {name: value for name, _equals, value in lines}


def test_the_service_may_write_where_its_settings_send_it() -> None:
    here = service_of()
    far = service_of(STAMPWELL_BACKUP_TO="/mnt/my disk", STAMPWELL_STATIC="/srv/static")
    bucket = service_of(STAMPWELL_BACKUP_TO="s3://bucket/folder")

    assert here["ReadWritePaths"] == bucket["ReadWritePaths"] == "/srv/cards"
    assert far["ReadWritePaths"] == '/srv/cards "-/mnt/my disk" -/srv/static'


@pytest.mark.parametrize(
    ("setting", "value", "home", "tmp"),
    [
        ("STAMPWELL_BACKUP_TO", "/srv/backups", "yes", "yes"),
        ("STAMPWELL_BACKUP_TO", "/home/ada/backups", "no", "yes"),
        ("STAMPWELL_TLS_KEY", "/root/key.pem", "no", "yes"),
        ("STAMPWELL_APPLE_CERTIFICATE", "/home/ada/pass.pem", "no", "yes"),
        ("DATABASE_URL", "postgresql://ada@/cards?host=/tmp", "yes", "no"),
        ("DATABASE_URL", "postgresql://ada@db/cards?sslmode=verify-full&sslrootcert=/home/ada/ca.pem", "no", "yes"),
    ],
)
def test_nothing_that_a_setting_names_is_hidden_from_the_service(setting: str, value: str, home: str, tmp: str) -> None:
    unit = service_of(**{setting: value})

    assert (unit["ProtectHome"], unit["PrivateTmp"]) == (home, tmp)


@pytest.mark.skipif(os.geteuid() == 0, reason="as root it makes a user and writes to /etc; the drill of the page does")
def test_the_unit_is_written_anew_from_the_settings_that_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_up("--address", ADDRESS, "--data", "data", "--systemd") == 0
    missing = tmp_path / "backups"
    with Path("stampwell.env").open("a") as file:
        file.write(f"STAMPWELL_BACKUP_TO={missing}\n")
    before = Path("stampwell.env").read_text()

    assert main(["--file", "stampwell.env", "--systemd"]) == 0

    unit = (tmp_path / "stampwell.service").read_text()
    assert f"ReadWritePaths={tmp_path}/data -{missing}\n" in unit
    assert Path("stampwell.env").read_text() == before
    told = capsys.readouterr().out
    assert f"cannot write to {missing}. Run: install -d -o " in told
    assert "systemctl restart stampwell" in told
    assert set_up("--address", ADDRESS, "--systemd") == 1  # what is answered needs --replace, as ever


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "stampwell.service"
    data = str(tmp_path)
    unit.write_text(unit_of(STAMPWELL_DATA=data, STAMPWELL_LISTEN="0.0.0.0:443", STAMPWELL_BACKUP_TO="/srv/a b"))

    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)

    assert "stampwell.service" not in done.stderr, done.stderr
