"""Tells systemd how far we are, where it started us with Type=notify."""

import os
import socket


def tell_systemd(state: str) -> None:
    """A state such as READY=1. Nobody is waited for who does not listen."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    address = "\0" + place[1:] if place.startswith("@") else place
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.settimeout(0)
        try:
            channel.sendto(state.encode(), address)
        except OSError:
            return
