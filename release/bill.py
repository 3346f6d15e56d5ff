"""The list of parts for programs (CycloneDX): uv's own, with licences, and with what was copied into our package."""

import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from release.checkout import Commit
from release.parts import Part, copied, packages
from release.trouble import ReleaseTrouble

_EXPORT = (
    *("export", "--quiet", "--frozen", "--no-dev", "--all-extras", "--no-header"),
    *("--format=cyclonedx1.5", "--preview-features=sbom-export"),
)


class Bill(msgspec.Struct, rename="camel"):
    """What we write ourselves in it; the rest stays as uv has written it."""

    bom_format: str
    spec_version: str
    version: int
    serial_number: str
    metadata: dict[str, object]
    components: list[dict[str, object]]
    dependencies: list[dict[str, object]]


def write_bill(uv: str, commit: Commit, root: Path, file: Path) -> Bill:
    """From the same commit the same bytes."""
    done = subprocess.run([uv, *_EXPORT, "--directory", str(root)], capture_output=True)
    if done.returncode:
        raise ReleaseTrouble(f"uv export failed:\n{done.stderr.decode().strip()}")
    bill = msgspec.json.decode(done.stdout, type=Bill)
    licences = {part.name: part.licence for part in packages(root)}
    bill.components = [_with_licence(component, licences) for component in bill.components]
    bill.components += [_component(part) for part in copied(root)]
    bill.serial_number = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'stampwell@{commit.name}')}"
    bill.metadata["timestamp"] = datetime.fromtimestamp(commit.seconds, UTC).isoformat()
    file.write_bytes(msgspec.json.format(msgspec.json.encode(bill), indent=1))
    return bill


def _with_licence(component: dict[str, object], licences: dict[str, str]) -> dict[str, object]:
    """A package that only other systems install has none here."""
    licence = licences.get(str(component["name"]))
    return {**component, "licenses": [{"expression": licence}]} if licence else component


def _component(part: Part) -> dict[str, object]:
    reference = f"in-stampwell-{part.name}@{part.version}"
    facts = {"name": part.name, "version": part.version, "licenses": [{"expression": part.licence}]}
    return {"type": "library", "bom-ref": reference, **facts}
