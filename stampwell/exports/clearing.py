"""Exports whose time is over are forgotten, with their files; and files that nobody has the row of."""

import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from stampwell.clock import now
from stampwell.exports.asking import KEPT
from stampwell.exports.files import exports_folder
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

_WITH_OLD = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT FROM export WHERE export.merchant_id = merchant.id AND export.created < %s
    )
"""
_FORGET = "DELETE FROM export WHERE merchant_id = %s AND coalesce(made, created) < %s"
# A file that is being written has no other name yet; nobody writes on one for as long.
LEFT_ALONE = timedelta(days=2)


def forget_old_exports() -> None:
    """The rows first: whoever asks in between is told that the export is gone."""
    before = now() - KEPT

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            tx.write(_FORGET, (merchant_id, before))

    for_each_merchant(merchants_where(_WITH_OLD, (before,)), forget)
    for file in exports_folder().glob("*/*"):
        _forget_if_old(file)


def _forget_if_old(file: Path) -> None:
    """A file that is being made may get its name meanwhile, and what lies beside it goes with that."""
    with suppress(FileNotFoundError):
        _forget(file)


def _forget(file: Path) -> None:
    limit = LEFT_ALONE if file.name.startswith(".") else KEPT
    if now().timestamp() - file.stat().st_mtime > limit.total_seconds():
        shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
