"""Which addresses are the open internet's. All others may be our own network, and no shop may send us there."""

from ipaddress import IPv4Address, IPv6Address, ip_network

type Address = IPv4Address | IPv6Address

# Addresses in this network only, for the others translate, tunnel or belong to nobody: mapped IPv4, NAT64
# (64:ff9b::/96 and 64:ff9b:1::/48), unique local, link-local, multicast.
_GLOBAL_UNICAST = ip_network("2000::/3")
_NOT_THE_WORLD = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared behind providers; one cloud has its metadata there
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by its number, but a cloud's own service answers there
        "169.254.0.0/16",  # link-local; most clouds have their metadata there
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # Teredo (2001::/32) and other protocols of their own
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]


def is_in_the_world(address: Address) -> bool:
    """Whether it is somebody's public address, and no other way to write one of ours."""
    if isinstance(address, IPv6Address) and (address not in _GLOBAL_UNICAST or address.scope_id):
        return False
    return not any(address.version == network.version and address in network for network in _NOT_THE_WORLD)
