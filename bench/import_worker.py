"""A worker that does what is in the queue and tells what it took: `python -m bench.import_worker`."""

import os
import resource
import sys
import time

import django
import msgspec

os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
django.setup()

from bench.importing import Took  # noqa: E402 - Django comes first
from stampwell.job_kinds import KINDS  # noqa: E402
from stampwell.jobs.worker import JobWorker  # noqa: E402


def main() -> None:
    begun = time.perf_counter()
    JobWorker(KINDS).empty_the_queue()
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    sys.stdout.buffer.write(msgspec.json.encode(Took(seconds, used.ru_utime + used.ru_stime, most)))


if __name__ == "__main__":
    main()
