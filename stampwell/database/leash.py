"""Run as a program: becomes another program that is asked to stop when its parent dies.

    python leash.py PARENT SIGNAL UID GID program arguments …

A keeper that is killed outright cannot stop its children; on Linux the system then does it for us.
Elsewhere the next start finds and stops what was left. UID and GID are "-" to stay who we are.
"""

import ctypes
import os
import sys

SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, linux/prctl.h


def main(parent: str, signal: str, uid: str, gid: str, *command: str) -> None:
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":  # after the change of user, which clears it
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("The process that started this one is gone.")
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
