"""GET /jobs/{id} tells how far a job is, to its own shop only."""

from stampwell.cards.recounting import RECOUNT
from stampwell.clock import now
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import ask_for
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.merchants.access import Scope
from stampwell.transactions import merchant_transaction
from tests.web.api.client import ApiClient
from tests.world import Shop


def ask(shop: Shop) -> Job:
    with merchant_transaction(shop.merchant.id) as tx:
        job_id = ask_for(tx, RECOUNT, asker=shop.actor)
    return Job.objects.get(id=job_id)


def test_a_job_that_waits_has_nothing_to_tell_yet(api: ApiClient, lume: Shop) -> None:
    job = ask(lume)

    told = api.get(f"/jobs/job_{job.id.hex}").json

    assert told == {
        "id": f"job_{job.id.hex}",
        "kind": "recount",
        "state": "waiting",
        "done": 0,
        "total": None,
        "problem": None,
        "report": {},
        "created_at": job.created.isoformat().replace("+00:00", "Z"),
        "started_at": None,
        "ended_at": None,
    }


def test_a_job_that_is_done_tells_what_came_of_it(api: ApiClient, lume: Shop) -> None:
    lume.publish().card()
    job = ask(lume)
    assert job.place
    work_on(lume.merchant.id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: False)

    told = api.get(f"/jobs/job_{job.id.hex}").json

    assert (told["state"], told["done"], told["total"]) == ("done", 1, 1)
    assert told["report"] == {"differences": 0, "first": []}
    assert told["created_at"] == told["started_at"] == told["ended_at"] == now().isoformat().replace("+00:00", "Z")


def test_any_key_of_the_shop_may_ask_and_no_other(rival: ApiClient, lume: Shop) -> None:
    job = ask(lume)

    assert ApiClient(lume.api_key(Scope.STAMPS_WRITE)).get(f"/jobs/job_{job.id.hex}").status == 200
    assert rival.get(f"/jobs/job_{job.id.hex}").status == 404
