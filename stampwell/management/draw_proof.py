"""`stampwell draw verify`: checks the draws of a month by their file, without this installation or its database."""

import argparse
import sys
from pathlib import Path

import msgspec

from stampwell.draws.proof import DrawProof
from stampwell.draws.verifying import verify


def main(arguments: list[str]) -> int:
    options = _read_options(arguments)
    return max([_verify(file) for file in options.file])


def _read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="stampwell draw",
        description="Checks draws by the file of a month that the shop gives out, on any computer. docs/rules/draws.md "
        "says what the file holds and what is proven by it.",
    )
    verifying = parser.add_subparsers(dest="act", required=True).add_parser(
        "verify",
        help="say whether every draw of the file is what it must be",
        description="Computes each draw of the file anew. Ends with 0 when all are as they must be, 1 when one is not.",
    )
    verifying.add_argument("file", type=Path, nargs="+", help="the draws of a month")
    return parser.parse_args(arguments)


def _verify(file: Path) -> int:
    try:
        proof = msgspec.json.decode(file.read_bytes(), type=DrawProof)
    except OSError as error:
        print(f"{file} cannot be read: {error.strerror}.", file=sys.stderr)
        return 1
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        print(f"{file} does not hold the draws of a month: {error}.", file=sys.stderr)
        return 1
    verdict = verify(proof)
    for fault in verdict.faults:
        print(fault)
    told = f"{file}: draws of {proof.month}: {verdict.draws}."
    if verdict.faults:
        print(f"{told} Not all of them are what they must be.")
        return 1
    print(f"{told} Proven: {verdict.draws - verdict.open}.", *([_waiting(verdict.open)] if verdict.open else []))
    return 0


def _waiting(open: int) -> str:
    return f"Their seeds are not told yet: {open}. Check again with a file of a later day."
