"""What a program that works with the embedded database finds in its environment."""

import os


def client_environment(url: str) -> dict[str, str]:
    """Ours with DATABASE_URL, without libpq's own settings: they belong to another server of this person.

    PGPORT or PGHOSTADDR would lead elsewhere, PGREQUIREAUTH or PGTARGETSESSIONATTRS would refuse ours.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "DATABASE_URL": url}


def use_server(url: str) -> None:
    """The same for this process, before it connects."""
    surroundings = client_environment(url)
    for name in set(os.environ) - set(surroundings):
        del os.environ[name]
    os.environ.update(surroundings)
