"""The settings file: lines of NAME=value with the names of the environment variables.

systemd (`EnvironmentFile=`) and compose (`env_file:`) read the same file, and each has rules of its own for what is
not quoted. So a value is plain letters, or stands in quotes, and whatever they would read differently is refused.
"""

import os
import re
import stat
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from stampwell.environment import is_secret

USUAL_PLACES = (Path("stampwell.env"), Path("/etc/stampwell/stampwell.env"))
LARGEST = 100_000  # bytes; the system hands no value of more than 128 kB on to a program that is started
NAMED = "STAMPWELL_SETTINGS"  # set and empty, no file is read
_LINE = re.compile(r"(?:export[ \t]+)?([A-Z_][A-Z0-9_]*)[ \t]*=[ \t]*(.*)")
_PLAIN = re.compile(r"[^\s'\"\\$`#]*(?: [^\s'\"\\$`#]+)*")  # spaces between words do no harm
_SAFE = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")  # a shell that sources the file reads it alike
_IN_SINGLE, _IN_DOUBLE = re.compile(r"'([^']*)'"), re.compile(r'"((?:[^"\\$`]|\\["\\$`])*)"')
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPED = re.compile(r'\\(["\\$`])')


class SettingsTrouble(Exception):
    """The settings file cannot be used; the text says why and what to do now."""


def load_settings(named: str | None, environment: MutableMapping[str, str]) -> Path | None:
    """Puts what the file says into the environment, which wins. The file that was read, if there is one."""
    file = find_settings_file(named, environment)
    if file:
        for name, value in read_settings(file).items():
            environment.setdefault(name, value)
        # For what is started from here, wherever that runs.
        environment[NAMED] = str(file)
    return file


def find_settings_file(named: str | None, environment: Mapping[str, str]) -> Path | None:
    """What is named has to be there; the usual places are looked at in turn."""
    wanted = environment.get(NAMED) if named is None else named
    if wanted == "":
        return None
    if wanted is not None:
        return Path(wanted).absolute()
    return next((place.absolute() for place in USUAL_PLACES if _is_there(place)), None)


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:  # a folder that is closed to this user
        return False


def read_settings(file: Path) -> dict[str, str]:
    try:
        with file.open("rb") as stream:
            state, content = os.fstat(stream.fileno()), stream.read(LARGEST + 1)
    except OSError as error:
        raise SettingsTrouble(_why_not_read(file, error)) from error
    if len(content) > LARGEST:
        raise SettingsTrouble(f"The settings file {file} is larger than {LARGEST // 1000} kB. Is it another file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsTrouble(f"The settings file {file} is not a text in UTF-8. Save it as UTF-8.") from None
    settings = parse_settings(text, str(file))
    _require_private(file, state, settings)
    return settings


def _why_not_read(file: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no settings file {file}. Run `stampwell setup`, or name the right one with --settings."
    if isinstance(error, PermissionError):
        return (
            f"The settings file {file} cannot be read by this user. Run the command as its owner, such as with "
            f"`runuser -u stampwell -- stampwell …`, or set {NAMED} to nothing to do without it."
        )
    return f"The settings file {file} cannot be read ({error.strerror})."


def parse_settings(text: str, file: str) -> dict[str, str]:
    settings: dict[str, str] = {}
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if _UNSEEN.search(line):
            raise SettingsTrouble(f"Line {number} of {file} holds a sign that nobody sees. Type that line anew.")
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if not found:
            raise SettingsTrouble(f"Line {number} of {file} is not NAME=value. Put a # before it if it is a comment.")
        name, value = found.groups()
        if name in settings:
            raise SettingsTrouble(f"Line {number} of {file} sets {name} a second time. Keep one of the two.")
        settings[name] = _read_value(value, f"Line {number} of {file}")
    return settings


def _read_value(text: str, line: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    if single := _IN_SINGLE.fullmatch(text):
        return single[1]
    if double := _IN_DOUBLE.fullmatch(text):
        return _ESCAPED.sub(r"\1", double[1])
    raise SettingsTrouble(
        f"{line} cannot be read in one way only. Put the whole value between single quotes, as in NAME='value', and "
        "a comment on a line of its own."
    )


def quoted(value: str) -> str:
    """A value as every reader of such files understands it."""
    if any(ord(letter) < 32 for letter in value):
        raise SettingsTrouble("A setting is one line of text: it holds a line break or another sign that nobody sees.")
    if _SAFE.fullmatch(value):
        return value
    if "'" not in value:
        return f"'{value}'"
    return '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


def _require_private(file: Path, state: os.stat_result, settings: Mapping[str, str]) -> None:
    """Root may give the file to the group of who serves. Elsewhere a password is for its owner alone."""
    if state.st_uid not in (0, os.geteuid()) and os.geteuid() != 0:
        raise SettingsTrouble(
            f"The settings file {file} belongs to another user, who could change what this program does. "
            "Run the command as its owner, or name another file with --settings."
        )
    foreign = stat.S_IRWXO | (0 if state.st_uid == 0 else stat.S_IRWXG)
    if state.st_mode & foreign and any(is_secret(name, value) for name, value in settings.items()):
        raise SettingsTrouble(
            f"The settings file {file} holds a password and others than its owner may read it. Run: chmod 600 {file}"
        )
