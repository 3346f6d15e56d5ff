"""Which push service takes the pushes of a pass type: connected on first use, kept while its certificate is."""

import logging

from stampwell.wallet.apple.credentials import sign_in_with_certificate, sign_in_with_key
from stampwell.wallet.apple.current import identities
from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.wallet.apple.push_service import PushService
from stampwell.wallet.apple.signature import PassIdentity, file_changed, read_push_key
from stampwell.wallet.configuration import apple_push_ca, apple_push_host, apple_push_key

APPLE = ("api.push.apple.com", 443)

type _Key = tuple[object, ...]
_kept: dict[_Key, PushService] = {}
_trouble = ""
log = logging.getLogger(__name__)


def push_services() -> dict[str, PushService]:
    """By pass type; none where the push key or the certificate to trust cannot be read, which is said once."""
    global _trouble
    try:
        services, trouble = _make_services(), ""
    except (CertificateProblem, OSError) as problem:
        services, trouble = {}, str(problem)
    if trouble and trouble != _trouble:
        log.error("No push can be sent: %s", trouble)
    _trouble = trouble
    return services


def _make_services() -> dict[str, PushService]:
    wanted: dict[_Key, PushService] = {}
    services: dict[str, PushService] = {}
    for pass_type, identity in identities().items():
        if (host := _host(identity)) is None:
            continue
        key = _key(identity, host)
        wanted[key] = services[pass_type] = wanted.get(key) or _kept.get(key) or _make(identity, host)
    for key in _kept.keys() - wanted.keys():
        _kept[key].close()
    _kept.clear()
    _kept.update(wanted)
    return services


def close_push_services() -> None:
    while _kept:
        _kept.popitem()[1].close()


def _host(identity: PassIdentity) -> tuple[str, int] | None:
    """Apple is not asked with a certificate that it has never seen."""
    return apple_push_host() or (None if identity.is_for_development else APPLE)


def _key(identity: PassIdentity, host: tuple[str, int]) -> _Key:
    """With a push key all pass types of a team share one connection."""
    if push_key := apple_push_key():
        return (host, apple_push_ca(), push_key, file_changed(push_key.file), identity.team)
    return (host, apple_push_ca(), identity.certificate.serial_number, identity.pass_type)


def _make(identity: PassIdentity, host: tuple[str, int]) -> PushService:
    if push_key := apple_push_key():
        key = read_push_key(push_key.file)
        return PushService(*host, sign_in_with_key(key, push_key.key_id, identity.team, apple_push_ca()))
    return PushService(*host, sign_in_with_certificate(identity, apple_push_ca()))
