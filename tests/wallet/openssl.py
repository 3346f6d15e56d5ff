"""The openssl program as a judge of our signatures: it shares no code with what made them."""

import subprocess
from pathlib import Path

from stampwell.clock import now


def verify_signature(signature: bytes, manifest: bytes, *, root: Path, folder: Path) -> bool:
    """Whether openssl finds that this chain signed exactly this manifest."""
    (folder / "signature").write_bytes(signature)
    (folder / "manifest.json").write_bytes(manifest)
    asked = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "manifest.json"]
    trust = ["-CAfile", str(root), "-no-CApath", "-purpose", "any", "-attime", str(int(now().timestamp()))]
    return _run([*asked, *trust, "-out", "/dev/null"], folder).returncode == 0


def describe_signature(signature: bytes, *, folder: Path) -> str:
    (folder / "signature").write_bytes(signature)
    asked = ["cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", "signature"]
    return _run(asked, folder).stdout.decode()


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
