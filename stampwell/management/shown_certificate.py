"""What is said of the certificate at the public address, as a phone sees it: is it trusted, for whom, until when."""

import ssl
from urllib.parse import SplitResult

from stampwell.clock import now
from stampwell.findings import Finding, amber, good, red
from stampwell.watch.shown_certificate import ShownCertificate, read_shown

# What OpenSSL calls it (X509_V_ERR_…), and what to do.
_WHY = {
    9: "it holds only from later on. Look at the clocks of this machine and of the one that made it.",
    10: "it has ended. Renew it, and see why that did not happen by itself (`certbot renew`, or the log of Caddy).",
    18: "it is signed by itself. Get one from a public authority.",
    19: "its authority is none that phones know. Get one from a public authority, or install that one on every phone.",
    20: "a link of the chain is missing, or its authority is none that phones know. Give the proxy the whole chain: "
    "the server's own certificate first, then those that issued it (fullchain.pem).",
    21: "a link of the chain is missing. Give the proxy the whole chain (fullchain.pem).",
    62: "it is for another name. Get one for {host}.",
    64: "it is for another address. Get one for {host}, or open the shop by a name.",
}


def look_at_shown_certificate(address: SplitResult, patience: float) -> list[Finding]:
    """Nothing where nobody answers: that is told by whoever asks next."""
    host = address.hostname or ""
    try:
        shown = read_shown(address, ssl.create_default_context(), patience=patience)
    except ssl.SSLCertVerificationError as error:
        why = _WHY.get(error.verify_code, f"{error.verify_message}.").format(host=host)
        return [red(f"Phones refuse the certificate of {host}: {why}")]
    except ssl.SSLError as error:
        return [
            red(f"{address.netloc} does not speak https ({error.reason or error}). Look into the log of the proxy.")
        ]
    except OSError:
        return []
    return [look_at_days(shown)]


def look_at_days(shown: ShownCertificate) -> Finding:
    if shown.ends - now() < shown.renewal_time:
        return amber(
            f"The certificate of {shown.host} ends on {shown.ends:%d %B %Y}, and should have been renewed. See why "
            "that did not happen (`certbot renew`, or the log of Caddy)."
        )
    return good(f"Phones trust the certificate of {shown.host}, until {shown.ends:%d %B %Y}.")
