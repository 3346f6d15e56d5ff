"""A plain PostgreSQL that answers as one with Citus, as far as the product asks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from stampwell.transactions import nodes

_MADE = Path(__file__).with_suffix(".sql")


class Citus:
    def calls(self, name: str) -> list[str]:
        """What was asked for under this name, in order."""
        return [said for (said,) in self.ask("SELECT said FROM pg_dist_call WHERE name = %s ORDER BY place", name)]

    def ask(self, sql: str, *parameters: str | int) -> list[tuple[str, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            rows: list[tuple[str, ...]] = cursor.fetchall() if cursor.description else []
            return rows


@contextmanager
def citus() -> Iterator[Citus]:
    database = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    double = Citus()
    double.ask("CREATE SCHEMA citus")
    double.ask(f"ALTER DATABASE {database} SET search_path = public, citus")
    double.ask("SET search_path = citus, public")
    double.ask(_MADE.read_text())
    double.ask("SET search_path = public, citus")
    _forget()
    try:
        yield double
    finally:
        double.ask(f"ALTER DATABASE {database} RESET search_path")
        double.ask("RESET search_path")
        double.ask("DROP SCHEMA citus CASCADE")
        _forget()


def _forget() -> None:
    nodes.is_distributed.cache_clear()
    nodes.forget_nodes()
