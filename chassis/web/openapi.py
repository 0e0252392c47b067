"""A service's description of itself: put right where FastAPI says it wrongly, and completed where it cannot know."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from chassis.web.caller import ScopeMissing
from chassis.web.hot_routes import HotRoute, HotRoutes
from chassis.web.idempotency import IdempotencyKeyRequired, IdempotencyKeyReused
from chassis.web.problem_responses import (
    MEDIA_TYPE,
    BodyTooLarge,
    MalformedBody,
    TemporarilyUnavailable,
    UnstorableValue,
    example_of,
    status_of,
)
from kernel.refusal import Refused

Document = dict[str, Any]

PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
KEY: Final = "Idempotency-Key"
KEY_DESCRIPTION: Final = "Yours to choose, the same on every retry. The first answer is given again for 72 hours."


class DescribedApp(FastAPI):
    """An application whose every answer is described, its refusals as what they are: problem documents.

    Its hot routes are asked before anything else.
    """

    hot_routes = HotRoutes(())

    def be_quick_at(self, routes: Sequence[HotRoute]) -> None:
        """Answer these routes ahead of the framework's own machinery."""
        self.hot_routes = HotRoutes(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        hot = self.hot_routes.find(scope) if scope["type"] == "http" else None
        if hot is None or not await hot(self, scope, receive, send):
            await super().__call__(scope, receive, send)

    def openapi(self) -> Document:
        """The description. FastAPI would have every further response be `application/json`."""
        document = super().openapi()
        for path in document["paths"].values():
            for method, operation in path.items():
                for response in operation["responses"].values():
                    name_problem(response.get("content", {}))
                add_common_refusals(method, operation)
        return document


def operation_id(route: APIRoute) -> str:
    """The operation's name for generated clients: its resource, which is its file's name, and its verb."""
    resource = route.endpoint.__module__.rpartition(".")[2]
    return f"{resource}_{route.name}"


def name_problem(content: Document) -> None:
    """Give the problem's media type the schema that stands under plain JSON."""
    if MEDIA_TYPE in content and "application/json" in content:
        content[MEDIA_TYPE] = {**content.pop("application/json"), **content[MEDIA_TYPE]}


def add_common_refusals(method: str, operation: Document) -> None:
    """What any route of its kind may answer, and the key with which any write may be repeated."""
    responses = operation["responses"]
    add_refusal(responses, TemporarilyUnavailable)
    add_refusal(responses, UnstorableValue)
    if operation.get("security"):
        add_refusal(responses, ScopeMissing)
    if "requestBody" in operation:
        add_refusal(responses, MalformedBody)
        add_refusal(responses, BodyTooLarge)
    if method != "get":
        add_refusal(responses, IdempotencyKeyRequired)
        add_refusal(responses, IdempotencyKeyReused)
        parameters = operation.setdefault("parameters", [])
        if all(parameter["name"] != KEY for parameter in parameters):
            parameters.append(idempotency_key(required=False))


def idempotency_key(*, required: bool) -> Document:
    """The header's description."""
    return {
        "name": KEY,
        "in": "header",
        "required": required,
        "description": KEY_DESCRIPTION,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }


def add_refusal(responses: Document, refused: type[Refused], status: int | None = None) -> None:
    """Describe a refusal beside those that are described for the same status already."""
    status = status or status_of(refused)
    response = responses.setdefault(str(status), {"description": refused.title.en})
    content = response.setdefault("content", {}).setdefault(MEDIA_TYPE, {})
    content.setdefault("schema", PROBLEM)
    content.setdefault("examples", {}).setdefault(refused.code, {"value": {**example_of(refused), "status": status}})
