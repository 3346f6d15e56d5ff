"""`stampwell draw verify`: checks the draws of a month by their file, without this installation or its database."""

import argparse
import sys
import textwrap
from datetime import UTC
from itertools import pairwise
from pathlib import Path

import msgspec

from stampwell.draws.following import chains_of_files, faults_between
from stampwell.draws.proof import DrawProof
from stampwell.draws.verifying import verify


def main(arguments: list[str]) -> int:
    options = _read_options(arguments)
    proofs = [_read(file) for file in options.file]
    ends = [_verify(file, proof) for file, proof in zip(options.file, proofs, strict=True) if proof]
    whole = [proof for proof in proofs if proof]
    for program in sorted({proof.program_id for proof in whole}):
        _tell_commitments(program, [proof for proof in whole if proof.program_id == program])
    if len(ends) < len(proofs) or not all(ends):
        return 1
    return int(_tell_gaps(whole))


def _read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="stampwell draw",
        description="Checks draws by the file of a month that the shop gives out, on any computer. docs/rules/draws.md "
        "says what the file holds and what is proven by it.",
    )
    verifying = parser.add_subparsers(dest="act", required=True).add_parser(
        "verify",
        help="say whether every draw of the file is what it must be",
        description="Computes each draw of the file anew, and holds several files of a program against each other. "
        "Ends with 0 when all are as they must be, 1 when one is not. It prints the commitments: compare "
        "them with the page of draws, for a file alone proves nothing.",
    )
    verifying.add_argument("file", type=Path, nargs="+", help="the draws of a month")
    return parser.parse_args(arguments)


def _read(file: Path) -> DrawProof | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=DrawProof)
    except OSError as error:
        print(f"{file} cannot be read: {error.strerror}.", file=sys.stderr)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        print(f"{file} does not hold the draws of a month: {error}.", file=sys.stderr)
    return None


def _verify(file: Path, proof: DrawProof) -> bool:
    verdict = verify(proof)
    for fault in verdict.faults:
        print(fault)
    told = f"{file}: draws of {proof.month}: {verdict.draws}."
    if verdict.faults:
        print(f"{told} Not all of them are what they must be.")
        return False
    proven = f"Proven, if the commitments below are the shop's: {verdict.draws - verdict.open}."
    print(told, proven, *([_waiting(proof, verdict.open)] if verdict.open else []))
    return True


def _waiting(proof: DrawProof, open: int) -> str:
    """With the day: who was given it today as a file of before is to see that."""
    day = proof.made_at.astimezone(UTC).date()
    return f"Their seeds were not told yet when the file was made, on {day}: {open}. Check again with a later file."


def _tell_commitments(program: str, proofs: list[DrawProof]) -> None:
    """In groups of four, as the page of draws shows them."""
    print(
        f"Commitments of {program}. Compare each with the page of draws of the shop, and with what you or others wrote "
        "down of it before the draws: a file alone proves nothing."
    )
    for chain in chains_of_files(*proofs):
        groups = " ".join(textwrap.wrap(chain.commitment, 4))
        print(f"  from {chain.begins} on, {chain.days} days: {groups}")


def _tell_gaps(proofs: list[DrawProof]) -> bool:
    """Whether a file does not go on where the one of the month before it ended."""
    in_order = sorted(proofs, key=lambda proof: (proof.program_id, proof.month, proof.made_at))
    faults = [
        fault
        for first, second in pairwise(in_order)
        if first.program_id == second.program_id
        for fault in faults_between(first, second)
    ]
    for fault in faults:
        print(fault)
    if faults:
        print("The files do not fit together.")
    return bool(faults)
