"""How a database is reached, and the PostgreSQL that comes with Stampwell, for those who have none of their own.

`running_server(data_dir)` keeps a server running for as long as its block lasts and yields the address
for `DATABASE_URL`; `find_running_server(data_dir)` gives the address of one that somebody else keeps running,
and `joined_server(data_dir)` takes that one where it runs and else starts one.
`python -m stampwell.database --data DIR [-- command …]` is the same from a shell.
`address` reads a DATABASE_URL, `explaining` says what to do where one is refused. All of it works without Django.
"""

from stampwell.database.server import find_running_server, joined_server, running_server
from stampwell.database.trouble import DatabaseTrouble, FolderInUse

__all__ = ["DatabaseTrouble", "FolderInUse", "find_running_server", "joined_server", "running_server"]
