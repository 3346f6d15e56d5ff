"""Whose certificates are believed."""

import ssl
from functools import lru_cache
from os import environ

import certifi

from stampwell.outgoing.problems import NotReached


@lru_cache(maxsize=4)
def trust(ca: str | None) -> ssl.SSLContext:
    """The authority in this file only, or those that everybody trusts. Read once: it takes as long as many requests."""
    authorities = ca or environ.get("SSL_CERT_FILE") or certifi.where()
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError:
        raise NotReached(f"the certificate in {authorities} cannot be read") from None
