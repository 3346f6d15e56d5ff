"""Why a request is not answered before any business rule has looked at it."""

from http import HTTPStatus
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.web.refusals import EdgeRefusal

SHOP_SIDE = _("Something went wrong on the shop’s side.")


class ApiRefusal(EdgeRefusal):
    """What a program did wrong; a customer who sees it can do nothing about it."""

    customer_text: ClassVar[str | Promise] = SHOP_SIDE


class PassingRefusal(ApiRefusal):
    """What goes over by itself: a customer who sees it can wait too."""

    retryable = True
    what_customer_can_do: ClassVar[str | Promise] = _("Wait a moment and try again.")


class Unauthorized(ApiRefusal):
    """No key, a wrong one or a revoked one: the three are never told apart."""

    code = "unauthorized"
    status = HTTPStatus.UNAUTHORIZED
    title = _("Not signed in")
    staff_text = _("The API key is missing, wrong or switched off.")
    what_to_do = _("Send the header “Authorization: Bearer” with a key from the settings page.")


class ScopeMissing(ApiRefusal):
    """Facts: scope."""

    code = "scope_missing"
    status = HTTPStatus.FORBIDDEN
    title = _("The key does not allow this")
    staff_text = _("This API key has no permission for this. It needs the scope %(scope)s.")
    what_to_do = _("On the settings page, make a key that has this scope, and use that key.")


class LocationNotAllowed(ApiRefusal):
    """The key is bound to one location and the request names another."""

    code = "location_not_allowed"
    status = HTTPStatus.FORBIDDEN
    title = _("The key belongs to another location")
    staff_text = _("This API key works at one location only, and the request names another one.")
    what_to_do = _("Leave the location out, or use a key that is not bound to a location.")


class IdempotencyKeyMissing(ApiRefusal):
    code = "idempotency_key_missing"
    status = HTTPStatus.BAD_REQUEST
    title = _("The request key is missing")
    staff_text = _("A request that changes something needs the header Idempotency-Key.")
    what_to_do = _("Send a new random key with each new request, and the same key when you send a request again.")


class IdempotencyKeyInvalid(ApiRefusal):
    code = "idempotency_key_invalid"
    status = HTTPStatus.BAD_REQUEST
    title = _("The request key cannot be used")
    staff_text = _("The Idempotency-Key must have 1 to 255 visible ASCII characters.")
    what_to_do = _("Use a random UUID as the key.")


class InvalidJson(ApiRefusal):
    code = "invalid_json"
    status = HTTPStatus.BAD_REQUEST
    title = _("The request cannot be read")
    staff_text = _("The body of the request is not JSON in UTF-8.")
    what_to_do = _("Send one JSON object in UTF-8.")


class InvalidRequest(ApiRefusal):
    """The request can be read, but not every value is what it should be. `errors` says which, and how."""

    code = "invalid_request"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = _("There is a mistake in the request")
    staff_text = _("A value in the request is missing or cannot be used.")
    what_to_do = _("Check the list of errors, correct the values and send the request with a new request key.")

    def __init__(self, pointer: str, code: str, **facts: object) -> None:
        super().__init__()
        self.pointer, self.wrong, self.wrong_facts = pointer, code, facts


class UnsupportedMediaType(ApiRefusal):
    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = _("Another type of content is expected")
    staff_text = _("The body of the request must be JSON.")
    what_to_do = _("Send the header Content-Type: application/json.")


class FileExpected(UnsupportedMediaType):
    """A form, or JSON, where a call takes a file as it is."""

    staff_text = _("The body of the request must be the file itself: CSV or XLSX.")
    what_to_do = _("Send the header Content-Type: text/csv or application/octet-stream.")


class NotAcceptable(ApiRefusal):
    code = "not_acceptable"
    status = HTTPStatus.NOT_ACCEPTABLE
    title = _("Response type not available")
    staff_text = _("The API answers only in JSON, but the request accepts only something else.")
    what_to_do = _("Send the header Accept: application/json, or none.")


class MethodNotAllowed(ApiRefusal):
    """Facts: allowed."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    title = _("This cannot be done at this address")
    staff_text = _("This address does not accept this method. It accepts: %(allowed)s.")
    what_to_do = _("Look up the call in the API’s documentation.")


class BodyTooLarge(ApiRefusal):
    code = "body_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = _("The request is too large")
    staff_text = _("The body of a request can have up to 256 kB.")
    what_to_do = _("Send less at once.")


class TooSlow(PassingRefusal):
    code = "too_slow"
    status = HTTPStatus.REQUEST_TIMEOUT
    title = _("The request came too slowly")
    staff_text = _("The body of the request did not arrive in time.")
    what_to_do = _("Send the same request with the same key again in a few seconds.")


class TooManyRequests(PassingRefusal):
    """Facts: seconds."""

    code = "too_many_requests"
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = _("Too many requests")
    staff_text = _("This API key has sent more requests in a minute than allowed.")
    what_to_do = _("Wait for the time that the header Retry-After gives, then go on more slowly.")


class InternalError(ApiRefusal):
    code = "internal_error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    retryable = True
    title = _("Something went wrong here")
    staff_text = _("Something went wrong on our side, and nothing was changed.")
    what_to_do = _(
        "Send the same request with the same key again. If it keeps failing, tell the person who runs this server."
    )


class Unavailable(PassingRefusal):
    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = _("Not available right now")
    staff_text = _("The database cannot be reached right now.")
    what_to_do = _("Send the same request with the same key again in a few seconds.")


class Busy(PassingRefusal):
    code = "busy"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = _("Not available right now")
    staff_text = _("Too many requests are waiting right now.")
    what_to_do = _("Send the same request with the same key again in a few seconds.")
