"""Receipt codes verified a second on one core, against the bare HMAC-SHA256 of Python there: half of them of batches,
half for receipts, which say themselves what they are worth.

Without the database: what a code costs before its batch is asked for, and after. Both count processor time.
"""

import hmac
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes

from bench.figures import LIMITS, Figure, alternate
from stampwell.receipts.codes import SECRET_BYTES, is_genuine, read_code, write_code
from stampwell.receipts.series_codes import Place, is_code_at, place_in_code, write_code_at
from stampwell.tokens import seal, unseal

CODES = 1000
AT_ONCE = 200


def measure_receipts(_url: str, _folder: Path) -> Figure:
    secret, sealed = token_bytes(SECRET_BYTES), seal(token_bytes(SECRET_BYTES))
    own = unseal(sealed)
    codes = [
        write_code(own, 2**39 + 7, number) if number % 2 else write_code_at(Place(2**19 + 7, number, 60, 1250), own)
        for number in range(CODES)
    ]
    tags = [hmac.digest(secret, code.encode(), "sha256") for code in codes]

    def verify(place: int) -> bool:
        code = read_code(codes[place])
        if place % 2:
            return is_genuine(code, unseal(sealed))
        return is_code_at(code, place_in_code(code), unseal(sealed))

    def compare(place: int) -> bool:
        return hmac.compare_digest(tags[place], hmac.digest(secret, codes[place].encode(), "sha256"))

    ours, theirs = alternate(_pace(verify), _pace(compare), seconds=1.0)
    remarks = f"{len(codes[0])} signs are read, check sign and tag are checked, and a secret is opened."
    return Figure("receipts", ours, theirs, "/s on a core", "bare HMAC-SHA256", LIMITS["receipts"], remarks=remarks)


def _pace(check: Callable[[int], bool]) -> Callable[[float], float]:
    def run(seconds: float) -> float:
        begun, count = time.process_time(), 0
        while time.process_time() - begun < seconds:
            for place in range(AT_ONCE):
                assert check((count + place) % CODES)
            count += AT_ONCE
        return count / (time.process_time() - begun)

    return run
