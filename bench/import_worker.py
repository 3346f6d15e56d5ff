"""A worker that does what is in the queue and tells what it took: `python -m bench.import_worker`."""

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django
import msgspec

os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
django.setup()

from bench.importing import Took  # noqa: E402 - Django comes first
from stampwell.job_kinds import KINDS  # noqa: E402
from stampwell.jobs.worker import JobWorker  # noqa: E402


@contextmanager
def tell_what_it_takes() -> Iterator[None]:
    """What is done in the block."""
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    sys.stdout.buffer.write(msgspec.json.encode(Took(seconds, used.ru_utime + used.ru_stime, most)))


def main() -> None:
    with tell_what_it_takes():
        JobWorker(KINDS).empty_the_queue()


if __name__ == "__main__":
    main()
