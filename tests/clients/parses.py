"""Loads each module of the generated client and reads real answers with it; the test runs it in the maker's Python."""

import importlib
import json
import pkgutil
import sys
from pathlib import Path

import stampwell_client
from stampwell_client.models import EventPage, IssuedCard, Problem, ScannedVoucher

for module in pkgutil.walk_packages(stampwell_client.__path__, "stampwell_client."):
    importlib.import_module(module.name)
answers = json.loads(Path(sys.argv[1]).read_text())
for name, kind in {"card": IssuedCard, "voucher": ScannedVoucher, "events": EventPage, "problem": Problem}.items():
    assert kind.from_dict(answers[name]).to_dict().keys() == answers[name].keys(), name
