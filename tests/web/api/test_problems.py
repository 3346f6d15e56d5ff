"""A program that shows a refusal shows it to the right reader, in the language that it asked for."""

import json
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from django.utils.translation import override

from stampwell.languages.explaining import explain
from stampwell.languages.offered import offered_locales
from stampwell.refusal import Refusal
from stampwell.web.api.answering import problem_answer
from stampwell.web.api.refusals import InvalidRequest
from stampwell.web.api.schema import openapi
from stampwell.web.refusals import status_of
from tests.web.test_readers_of_refusals import KINDS, one_of

PASSING = [kind for kind in KINDS if status_of(kind) in (429, 503)]


def met(kind: type[Refusal]) -> Refusal:
    return InvalidRequest("/goal", "missing") if kind is InvalidRequest else one_of(kind)


@pytest.mark.parametrize("locale", offered_locales())
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_problem_says_what_staff_can_do_and_what_customers_can(kind: type[Refusal], locale: str) -> None:
    request = RequestFactory().get("/api/v1/me", headers={"accept-language": locale})
    with override(locale):
        texts = explain(met(kind), ZoneInfo("UTC"))

    problem = json.loads(problem_answer(request, met(kind)).content)

    assert problem["detail"] == problem["staff_message"] == texts.staff_message
    assert problem["what_to_do"] == texts.what_to_do
    assert problem["customer_message"] == texts.customer_message
    assert problem["what_customer_can_do"] == texts.what_customer_can_do
    assert texts.what_customer_can_do


@pytest.mark.parametrize("kind", PASSING, ids=lambda kind: kind.__name__)
def test_who_may_try_again_later_is_not_sent_to_the_staff_of_a_shop(kind: type[Refusal]) -> None:
    """A 429 or 503 goes over by itself, whoever reads it."""
    request = RequestFactory().get("/api/v1/me", headers={"accept-language": "en"})
    answer = problem_answer(request, met(kind))

    assert "Retry-After" in answer
    assert json.loads(answer.content)["what_customer_can_do"].startswith("Wait ")


def test_the_document_names_both_as_texts_that_are_always_there() -> None:
    schema = openapi()["components"]["schemas"]["Problem"]

    for name in ("staff_message", "what_to_do", "customer_message", "what_customer_can_do"):
        assert schema["properties"][name] == {"type": "string"}
        assert name in schema["required"]
