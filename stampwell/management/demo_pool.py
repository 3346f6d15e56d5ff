"""The demo shop's list of codes that its till takes once each, a program whose reward has its codes from it, and a
voucher of that reward.
"""

from typing import Any

import msgspec

from stampwell.cards.giving import give_voucher
from stampwell.cards.issuing import issue_card
from stampwell.customers.joining import ContactDetails
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import find_job
from stampwell.jobs.running import work_on
from stampwell.merchants.models import Merchant
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.publishing import publish_program
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.making import ask_to_make
from stampwell.redeem_codes.pools import PoolChoices, make_pool
from stampwell.redeem_codes.recipes import Recipe
from stampwell.redeem_codes.releasing import release_batch
from stampwell.vouchers.links import voucher_url

CODES = 200


def lay_in_codes(merchant: Merchant, *, actor: Actor) -> dict[str, Any]:
    """What a visitor may open of it: `pool_id` and `pool_voucher`."""
    pool = make_pool(merchant, PoolChoices(name="Cake codes"), code_format="code128", actor=actor)
    batch = ask_to_make(merchant, pool.id, Recipe(), count=CODES, actor=actor)
    assert batch.job_id is not None, "it was asked for"
    place = find_job(merchant.id, batch.job_id).place
    assert place is not None, "it waits in the queue"
    work_on(merchant.id, batch.job_id, place=place, kinds=KINDS, is_stopping=lambda: False)
    release_batch(merchant, pool.id, batch.id, actor=actor)
    pool_id = public_id("cdp", pool.id)
    program = publish_program(merchant, msgspec.convert(_cake(pool_id), ProgramDraft), actor=actor).program
    terms = terms_of(merchant.id, program.current_version_id)
    card = issue_card(merchant, terms, locale="en", actor=actor, details=ContactDetails(name="Una")).card
    voucher = give_voucher(merchant, card.id, terms.milestones[0].reward.id, actor=actor).voucher
    url = voucher_url(merchant.slug, voucher.id, voucher.issue)
    return {"pool_id": pool_id, "pool_voucher": {"id": public_id("vch", voucher.id), "web_url": url}}


def _cake(pool_id: str) -> dict[str, Any]:
    return {
        "name": {
            "en": "Cake card",
            "lv": "Kūku karte",
            "et": "Koogikaart",
            "uz": "Tort kartasi",
            "kk": "Торт картасы",
            "ja": "ケーキカード",
        },
        "goal": 6,
        "earning": {"by": "visit", "cooldown_seconds": 3600, "daily_cap": None},
        "design": {"icon": "cup"},
        "milestones": [
            {
                "stamps": 6,
                "reward": {
                    "name": {
                        "en": "A piece of cake",
                        "lv": "Kūkas gabaliņš",
                        "et": "Koogitükk",
                        "uz": "Bir boʻlak tort",
                        "kk": "Бір тілім торт",
                        "ja": "ケーキ1個",
                    },
                    "path": "redeem_code",
                    "redeem_code": {"kind": "pool", "pool_id": pool_id},
                },
            },
        ],
    }
