"""What `stampwell check` asks by the public address: how its own question came in. Nobody else is answered."""

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from stampwell.watch.way_in import HEADER, WayIn, is_our_question
from stampwell.web.proxies import AS_IT_CAME


@require_GET
def tell_way_in(request: HttpRequest) -> HttpResponse:
    if not is_our_question(request.headers.get(HEADER, "")):
        raise Http404
    came: WayIn = request.META[AS_IT_CAME]
    return HttpResponse(msgspec.json.encode(came), content_type="application/json")
