"""Run as a program: becomes another program that is asked to stop when its parent dies.

    python leash.py PARENT SIGNAL UID GID program arguments …

A keeper that is killed outright cannot stop its children; on Linux the system then does it for us.
Elsewhere the next start finds and stops what was left. UID and GID are "-" to stay who we are.
"""

import ctypes
import os
import sys

TERMINATE = 15  # SIGTERM; to import `signal` would take longer than all of this program
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, linux/prctl.h


def on_leash(*command: str, ends: int = TERMINATE, user: tuple[int, int] | None = None) -> list[str]:
    """The command that starts `command` on a leash held by this thread; `user` is whom it runs as, and the group."""
    uid, gid = map(str, user) if user else ("-", "-")
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(ends)), uid, gid, *command]


def main(parent: str, signal: str, uid: str, gid: str, *command: str) -> None:
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    tie_to_parent(int(signal))  # after the change of user, which unties
    if os.getppid() != int(parent):
        sys.exit("The process that started this one is gone.")
    os.execv(command[0], command)  # noqa: S606


def tie_to_parent(signal: int) -> None:
    """On Linux, this process gets the signal when the thread that started it is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal, 0, 0, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
