"""The server's settings, given on its command line so that a new release brings its own to an old cluster.

Anything not named here can be set in the cluster's postgresql.conf.
"""

import os
from pathlib import Path

from stampwell.database.places import PORT

MEGABYTE = 1024 * 1024


def settings_for(socket_folder: Path) -> dict[str, str]:
    """Settings that keep every acknowledged write, for a machine shared with the application."""
    return {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{shared_buffers(machine_memory())}MB",
        "max_wal_size": "1GB",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "hot_standby": "off",  # while it goes back to a moment it takes nobody: it would show a moment before that one
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",  # we read the log for the reason of a failure
        "log_checkpoints": "off",
        "logging_collector": "off",
        # A refused row and a failed statement hold what people typed in, and what opens their cards.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }


def shared_buffers(memory: int) -> int:
    """An eighth of the memory in megabytes, at least 32 and at most 384: more costs each process tables of them."""
    return min(max(memory // MEGABYTE // 8, 32), 384)


def machine_memory() -> int:
    """Bytes that this machine or container may use."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([physical, *_container_limits()])


def _container_limits() -> list[int]:
    files = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    texts = [file.read_text().strip() for file in files if file.exists()]
    return [int(text) for text in texts if text.isdigit()]
