"""What a program's poster said when it was last fetched, so that the owner hears when a print is out of date.

`Program.printed` holds, by the poster's language, a digest of each thing that stands on it. Only what both then and
now stands on a poster is compared: a release that prints more makes no poster out of date.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from uuid import UUID

from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.transactions import merchant_transaction

# One statement, so that two languages fetched at once are both remembered.
_NOTE = "UPDATE program SET printed = printed || %s::jsonb WHERE merchant_id = %s AND id = %s"


def note_printed(merchant: Merchant, program_id: UUID, locale: str, said: Mapping[str, str]) -> None:
    """Remembers what the poster in this language says now. It is no event: nothing about the program changed."""
    with merchant_transaction(merchant.id) as tx:
        tx.write(_NOTE, (json.dumps({locale: _shortened(said)}), merchant.id, program_id))


def changed_since_printed(program: Program, locale: str, said: Mapping[str, str]) -> list[str]:
    """Which things the poster says otherwise now; none for a language in which it was never fetched."""
    printed = program.printed.get(locale, {})
    return [name for name, short in _shortened(said).items() if printed.get(name, short) != short]


def _shortened(said: Mapping[str, str]) -> dict[str, str]:
    return {name: blake2b(text.encode(), digest_size=8).hexdigest() for name, text in said.items()}
