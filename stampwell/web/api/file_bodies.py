"""A body that is a file as it is, read by pieces by whoever takes it."""

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from dmr import Controller
from dmr.components import ComponentParser
from dmr.endpoint import Endpoint
from dmr.metadata import EndpointMetadata
from dmr.openapi.objects import MediaType, OpenAPIFormat, OpenAPIType, Parameter, Reference, RequestBody, Schema
from dmr.serializer import BaseSerializer
from dmr.types import EMPTY

from stampwell.web.api.refusals import FileExpected

if TYPE_CHECKING:
    from dmr.openapi.core.context import OpenAPIContext

# Which of them it is says the file itself. A form, or JSON, would be taken for a strange table.
TYPES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream")


class _FileBodyComponent(ComponentParser):
    __slots__ = ()
    context_name = "file_body"

    def provide_context_data(
        self, endpoint: Endpoint, controller: Controller[BaseSerializer], *, field_model: Any, default: Any = EMPTY
    ) -> HttpRequest:
        """Refuses: FileExpected."""
        if controller.request.content_type not in TYPES:
            raise FileExpected
        return controller.request

    def get_schema(
        self,
        model: Any,
        model_meta: tuple[Any, ...],
        metadata: EndpointMetadata,
        controller_cls: type[Controller[BaseSerializer]],
        context: "OpenAPIContext",
    ) -> list[Parameter | Reference] | RequestBody:
        file = MediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))
        return RequestBody(content=dict.fromkeys(TYPES, file), required=True, description="The file itself.")


FileBody = Annotated[Any, _FileBodyComponent()]  # the request: any other type would be converted to
