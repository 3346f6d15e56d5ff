"""A worker that makes the exports of a shop, and what stands in their files."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

from stampwell.exports.asking import ask_for_export, find_export, find_file
from stampwell.exports.rows import JoinedExport, Subject, Wanted
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from tests.world import Shop

NOTHING: dict[str, str] = {}


def ask(
    shop: Shop, subject: Subject, format: Wanted = "csv", *, locale: str = "en", wanted: Mapping[str, str] = NOTHING
) -> JoinedExport:
    return ask_for_export(shop.merchant, subject, format, wanted=wanted, locale=locale, actor=shop.actor)


def work(export: JoinedExport, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    job = Job.objects.get(id=export.job_id)
    assert job.place is not None
    work_on(job.merchant_id, job.id, place=job.place, kinds=KINDS, is_stopping=is_stopping)


def made(
    shop: Shop, subject: Subject, format: Wanted = "csv", *, locale: str = "en", wanted: Mapping[str, str] = NOTHING
) -> bytes:
    export = ask(shop, subject, format, locale=locale, wanted=wanted)
    work(export)
    return find_file(shop.merchant.id, find_export(shop.merchant.id, export.id)).read_bytes()


def table_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def rows_of(content: bytes) -> list[dict[str, str]]:
    headings, *rows = table_of(content)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def cells_of(content: bytes) -> list[Any]:
    """The texts of a sheet's cells, without those that are numbers."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    return [unescape(text) for text in re.findall(r'<c [^>]*t="inlineStr"[^>]*><is><t[^>]*>(.*?)</t>', sheet)]
