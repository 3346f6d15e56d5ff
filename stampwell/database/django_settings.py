"""An address as Django's settings have it."""

from stampwell.database.address import Address, read_address, read_pooler_address, read_replica_address


def server_settings(url: str) -> dict[str, object]:
    return _settings(read_address(url))


def pooler_settings(url: str) -> dict[str, object]:
    """A cursor that stays on the server after its transaction would be looked for on another connection."""
    return {**_settings(read_pooler_address(url)), "DISABLE_SERVER_SIDE_CURSORS": True}


def replica_settings(url: str) -> dict[str, object]:
    return _settings(read_replica_address(url))


def _settings(address: Address) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": address.options,
    }
