"""The latest errors of the log, alike ones together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stampwell.merchants.models import User
from stampwell.watch.models import KeptErrorRow
from stampwell.web.operator.guarding import for_operators

MOST = 50


@for_operators
@require_safe
def errors_page(request: HttpRequest, operator: User) -> HttpResponse:
    errors = KeptErrorRow.objects.order_by("-last", "alike")[:MOST]
    return render(request, "operator/errors.html", {"here": "errors", "errors": errors})
