"""The Idempotency-Key header: bare or quoted, 1 to 255 visible characters."""

import re
from typing import TYPE_CHECKING, Annotated, Any

from dmr import Controller
from dmr.components import ComponentParser
from dmr.endpoint import Endpoint
from dmr.metadata import EndpointMetadata
from dmr.openapi.objects import OpenAPIType, Parameter, Reference, RequestBody, Schema
from dmr.serializer import BaseSerializer
from dmr.types import EMPTY

from stampwell.web.api.refusals import IdempotencyKeyInvalid, IdempotencyKeyMissing

if TYPE_CHECKING:
    from dmr.openapi.core.context import OpenAPIContext

_KEY = re.compile(r"[!-~]{1,255}")


def read_idempotency_key(given: str | None) -> str:
    """The draft standard writes the key in quotes, most clients do not; both mean the same key.

    Refuses: IdempotencyKeyMissing, IdempotencyKeyInvalid.
    """
    if given is None:
        raise IdempotencyKeyMissing
    key = given.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyInvalid
    return key


class _KeyComponent(ComponentParser):
    __slots__ = ()
    context_name = "idempotency_key"

    def provide_context_data(
        self, endpoint: Endpoint, controller: Controller[BaseSerializer], *, field_model: Any, default: Any = EMPTY
    ) -> str:
        return read_idempotency_key(controller.request.META.get("HTTP_IDEMPOTENCY_KEY"))

    def get_schema(
        self,
        model: Any,
        model_meta: tuple[Any, ...],
        metadata: EndpointMetadata,
        controller_cls: type[Controller[BaseSerializer]],
        context: "OpenAPIContext",
    ) -> list[Parameter | Reference] | RequestBody:
        schema = Schema(type=OpenAPIType.STRING, min_length=1, max_length=255, pattern="^[!-~]+$")
        return [
            Parameter(
                name="Idempotency-Key",
                param_in="header",
                required=True,
                schema=schema,
                description="A random key for this request; send the same one when you send it again.",
            )
        ]


IdempotencyKey = Annotated[str, _KeyComponent()]
