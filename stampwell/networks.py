"""Addresses and networks as a setting names them, separated by commas: 127.0.0.1, 10.1.2.0/24."""

from ipaddress import IPv4Network, IPv6Network, ip_network


def read_networks(given: str, *, setting: str) -> list[IPv4Network | IPv6Network]:
    """Raises ValueError with what to write into the setting."""
    try:
        return [ip_network(part.strip(), strict=False) for part in given.split(",") if part.strip()]
    except ValueError as error:
        raise ValueError(f"{setting} takes addresses and networks such as 127.0.0.1,10.1.2.0/24: {error}") from None
