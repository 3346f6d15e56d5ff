"""The development chain and account, made once for a run: their RSA keys take half a second."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings

from stampwell.clock import stopped_at
from stampwell.wallet.apple.development_chain import make_development_chain
from stampwell.wallet.configuration import development_folder
from stampwell.wallet.google.account import make_development_account
from tests.moments import START


def lay_development_chain() -> None:
    """Into the data folder of this test; made anew where its clock says that the shared one does not hold."""
    _copy("apple")
    make_development_chain(development_folder())


def lay_development_account() -> None:
    _copy("google")
    make_development_account(development_folder())


def _copy(maker: str) -> None:
    shutil.copytree(_made() / maker, development_folder(), dirs_exist_ok=True)


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="development-", dir=_of_the_run))
    with stopped_at(START):
        make_development_chain(folder / "apple")
        make_development_account(folder / "google")
    return folder


_of_the_run = settings.DATA_DIR  # read before a test has its own
