"""A restore that has begun: from the first byte that it writes to its end, the place says so.

    in the data folder     in the database            what a start of `restore` does
    --------------------   ------------------------   ------------------------------------------------
    nothing                nothing                    begins
    the note               nothing                    writes the files again and loads
    the note               all rows, and their name   does not load again, and settles what is there
    nothing                all rows                   refuses: the place is not empty

The rows and the name of their archive come with one transaction. The note is removed last.
"""

from pathlib import Path

from stampwell.backups.trouble import BackupTrouble
from stampwell.whole_files import write_whole

NOTE = "restore-unfinished"


def begin(data_dir: Path, name: str) -> None:
    """`name` is the archive's. Refuses where another one was begun."""
    begun = unfinished_archive(data_dir)
    if begun not in (None, name):
        raise BackupTrouble(
            f"A restore of another archive was begun in {data_dir} and not ended. End that one, or begin with an empty "
            "data folder and an empty database."
        )
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        write_whole(data_dir / NOTE, name)
    except OSError as error:
        raise BackupTrouble(f"The data folder {data_dir} cannot be written ({error.strerror}).") from error


def end(data_dir: Path) -> None:
    (data_dir / NOTE).unlink(missing_ok=True)


def unfinished_archive(data_dir: Path) -> str | None:
    try:
        return (data_dir / NOTE).read_text()
    except FileNotFoundError:
        return None


def why_not_serve(data_dir: Path) -> str | None:
    """The sentence with which every command refuses that would work with half a shop."""
    if unfinished_archive(data_dir) is None:
        return None
    return (
        f"A restore was begun in {data_dir} and not ended. Run the same `stampwell restore` again: it goes on where it "
        "was. Or begin with an empty data folder and an empty database."
    )
