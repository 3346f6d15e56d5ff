"""The web server with all that it needs loaded, from which each test's own is forked: `python -m tests.loaded_server
127.0.0.1:8000`.

To load it takes two seconds of a processor, and what was forked remembers no more than what was started. Each line
that is read names the file for the log of a server; the answer is the id of its process, and "ended" when it has ended.
"""

import os
import sys

from stampwell import web_server


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    web_server._load()
    web_server._load = lambda: None
    while log := sys.stdin.readline().rstrip("\n"):
        pid = os.fork()
        if pid == 0:
            _turn_to(log)
            web_server.main()
            return
        os.setpgid(pid, pid)  # it ends with all that it has started
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("ended", flush=True)


def _turn_to(log: str) -> None:
    """Only what is read and written is another file; the objects for them were made when all was loaded."""
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, log, os.O_WRONLY), (2, log, os.O_WRONLY)):
        file = os.open(name, flags | os.O_APPEND | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    main()
