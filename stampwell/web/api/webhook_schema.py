"""What we send, in the document of the API: the section `webhooks` of OpenAPI 3.1."""

from typing import Any

import msgspec

from stampwell.webhooks.bodies import WebhookBodyFacts

REFERENCE = "#/components/schemas/"
HEADERS = {
    "webhook-id": "The `id` of the event: the same when it is sent again, so take each once.",
    "webhook-timestamp": "When this try was made, in seconds since 1970. Refuse what is more than five minutes off.",
    "webhook-signature": "`v1,` and the signature; two with a blank between them while the secret changes.",
}
DESCRIPTION = (
    "Sent to each webhook that wants to hear of it, signed by Standard Webhooks. Any answer of 2xx within 15 seconds"
    " takes it; 410 switches the webhook off; everything else is tried again for three days."
)


def with_webhooks(document: dict[str, Any]) -> dict[str, Any]:
    (_root,), schemas = msgspec.json.schema_components([WebhookBodyFacts], ref_template=REFERENCE + "{name}")
    for name, schema in schemas.items():
        document["components"]["schemas"].setdefault(name, schema)
    document["webhooks"] = {
        "event": {
            "post": {
                "summary": "Something happened",
                "description": DESCRIPTION,
                "operationId": "event",
                "tags": ["Webhooks"],
                "security": [],
                "parameters": [
                    {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
                    for name, text in HEADERS.items()
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": f"{REFERENCE}{WebhookBodyFacts.__name__}"}}},
                },
                "responses": {
                    "2XX": {"description": "Your program has it."},
                    "410": {"description": "Your program wants no more: the webhook is switched off."},
                },
            }
        }
    }
    return document
