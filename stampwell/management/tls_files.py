"""The certificate and the key with which the web server speaks https itself, as the settings name them.

Nothing is loaded here: where a proxy speaks https, the supervisor does without the 20 MB of a library for certificates.
"""

from dataclasses import dataclass
from pathlib import Path

from stampwell.environment import Environment

CERTIFICATE, KEY = "STAMPWELL_TLS_CERTIFICATE", "STAMPWELL_TLS_KEY"


class CertificateTrouble(Exception):
    """With these files nobody can be served; the text says why and what to do now."""


@dataclass(frozen=True)
class Pair:
    certificate: Path
    key: Path

    def written(self) -> tuple[int, ...]:
        """Changes when one of the two is replaced; a link that leads elsewhere counts."""
        return tuple(file.stat().st_mtime_ns for file in (self.certificate, self.key) if file.exists())


def read_pair(environment: Environment) -> Pair | None:
    """The two files, or None where somebody else speaks https for us."""
    certificate, key = environment.get(CERTIFICATE, ""), environment.get(KEY, "")
    if bool(certificate) != bool(key):
        raise CertificateTrouble(f"Set both {CERTIFICATE} and {KEY}, or neither and put a proxy in front.")
    return Pair(Path(certificate).absolute(), Path(key).absolute()) if certificate else None
