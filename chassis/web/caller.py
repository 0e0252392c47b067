"""Who is calling a service: what the gateway says of the key it has checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hmac import compare_digest
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request, Security, params
from fastapi.security import HTTPBearer, SecurityScopes

from contracts import internal
from kernel.ids import TenantId
from kernel.language import Language, Text
from kernel.refusal import Denied, Refused


class Unauthenticated(Refused):
    """No key, or not one of ours."""

    code = "unauthenticated"
    title = Text(en="Who are you?", ar="من أنت؟")
    detail = Text(
        en="Send a valid API key as `Authorization: Bearer …`.",
        ar="أرسل مفتاحًا صالحًا في الترويسة `Authorization: Bearer …`.",
    )


class ScopeMissing(Denied):
    """The key was not given this right."""

    code = "scope_missing"
    title = Text(en="Not allowed", ar="غير مسموح")
    detail = Text(en="This key lacks the scope {scope}.", ar="ينقص هذا المفتاح الصلاحية {scope}.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The tenant a request is for, the key it came with, and what that key may do."""

    tenant_id: TenantId
    actor: str
    scopes: frozenset[str]
    livemode: bool
    request_id: str
    language: Language

    def require(self, scope: str) -> None:
        """Raises ScopeMissing unless the key has the scope."""
        if scope not in self.scopes:
            raise ScopeMissing(scope=scope)


class Asking(Protocol):
    """A request, as far as it says who asks whom."""

    @property
    def app(self) -> Any: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


def caller_of(request: Asking) -> Caller:
    """The caller the gateway vouches for. Raises Unauthenticated when it is not the gateway that speaks."""
    headers = request.headers
    token: str = request.app.state.settings.internal_token.get_secret_value()
    if not compare_digest(headers.get(internal.TOKEN, "").encode(), token.encode()):
        raise Unauthenticated
    return Caller(
        tenant_id=TenantId(headers[internal.TENANT]),
        actor=headers[internal.ACTOR],
        scopes=scopes_of(headers[internal.SCOPES]),
        livemode=headers[internal.LIVEMODE] == "true",
        request_id=headers.get(internal.REQUEST_ID, ""),
        language=language_of(headers),
    )


def language_of(headers: Mapping[str, str]) -> Language:
    """Arabic when the reader prefers it to English, else English. Source: RFC 9110, 12.5.4."""
    return preferred(headers.get("accept-language", ""))


# Readers are many, and their browsers say the same few things.
@lru_cache(maxsize=256)
def preferred(accepted: str) -> Language:
    """The better liked of our languages."""
    best, best_weight = Language.ENGLISH, 0.0
    for choice in accepted.split(","):
        tag, _, parameter = choice.strip().partition(";")
        language = tag.strip().lower()[:2]
        weight = weight_of(parameter)
        if language in ("ar", "en") and weight > best_weight:
            best, best_weight = Language(language), weight
    return best


@lru_cache(maxsize=256)
def scopes_of(told: str) -> frozenset[str]:
    """The scopes in a header."""
    return frozenset(told.split())


def weight_of(parameter: str) -> float:
    """The weight in `q=0.8`; 1 when none is given, 0 when it cannot be read."""
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


# Declares the scheme in OpenAPI; the gateway is where keys are really checked.
api_key = HTTPBearer(scheme_name="apiKey", description="An API key: `wafa_test_…` or `wafa_live_…`.", auto_error=False)


# The framework gives a thread to a dependency that is not `async`: dear for what waits for nothing.
async def current_caller(
    request: Request, scopes: SecurityScopes, _declared: Annotated[object, Security(api_key)]
) -> Caller:
    """The caller, once it is known to have the scopes that the route states."""
    caller = caller_of(request)
    for scope in scopes.scopes:
        caller.require(scope)
    return caller


CurrentCaller = Annotated[Caller, Depends(current_caller)]


def needs(scope: str) -> params.Depends:
    """State, in a route's `dependencies`, the scope that a key needs for it."""
    dependency: params.Depends = Security(current_caller, scopes=[scope])
    return dependency
