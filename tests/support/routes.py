"""The routes an application really has, so that a test over all of them cannot forget one."""

from typing import NamedTuple

from fastapi import FastAPI
from fastapi.params import Security
from fastapi.routing import APIRoute, iter_route_contexts


class Door(NamedTuple):
    """One method of one path, and the scope a key needs for it; None when it states none."""

    method: str
    path: str
    scope: str | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def doors(app: FastAPI) -> list[Door]:
    """Every method and path of the application beside those for health and description."""
    return sorted(
        Door(method, str(context.path), scope_of(context.dependencies))
        for context in iter_route_contexts(app.routes)
        if isinstance(context.route, APIRoute)
        for method in context.methods or ()
    )


def scope_of(dependencies: list[object]) -> str | None:
    """The scope that a route's dependencies state."""
    stated = [scope for needed in dependencies if isinstance(needed, Security) for scope in needed.scopes or ()]
    return stated[0] if stated else None
