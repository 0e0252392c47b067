import pytest
from fastapi import FastAPI, Request
from pydantic import ValidationError
from starlette.datastructures import Headers

from chassis.settings import Settings
from chassis.web.caller import Caller, ScopeMissing, Unauthenticated, caller_of, language_of
from contracts import internal
from kernel.ids import TenantId
from kernel.language import Language
from tests.support.calling import caller_headers

SETTINGS = Settings.model_validate(
    dict.fromkeys(("owner_password", "app_password", "relay_password", "internal_token"), "right")
)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ar", "ar"),
        ("AR-SA", "ar"),
        ("en", "en"),
        ("fr", "en"),
        ("fr, ar;q=0.1", "ar"),
        ("ar;q=0.5, en;q=0.6", "en"),
        ("en;q=0.5, ar;q=0.6", "ar"),
        ("ar, en", "ar"),
        ("en, ar", "en"),
        ("ar;q=0", "en"),
        ("ar;q=x, en;q=0.1", "en"),
        ("*", "en"),
        (";;;,,,q=", "en"),
    ],
)
def test_language_of(accepted: str | None, language: str) -> None:
    assert language_of(Headers({"accept-language": accepted} if accepted is not None else {})) == language


def request(headers: dict[str, str]) -> Request:
    """A request with those headers."""
    app = FastAPI()
    app.state.settings = SETTINGS
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw, "app": app})


def test_a_caller_is_who_the_gateway_says() -> None:
    headers = caller_headers(SETTINGS, "ten_1", scopes=["points:read", "keys:read"], language="ar", livemode=True)
    caller = caller_of(request({**headers, internal.ACTOR: "key_1", internal.REQUEST_ID: "req_1"}))
    assert caller == Caller(
        tenant_id=TenantId("ten_1"),
        actor="key_1",
        scopes=frozenset({"points:read", "keys:read"}),
        livemode=True,
        request_id="req_1",
        language=Language.ARABIC,
    )


@pytest.mark.parametrize("token", ["", "wrong", "righ", "rightt", "ré"])
def test_nobody_but_the_gateway_is_believed(token: str) -> None:
    with pytest.raises(Unauthenticated):
        caller_of(request({**caller_headers(SETTINGS, "ten_1"), internal.TOKEN: token}))
    with pytest.raises(Unauthenticated):
        caller_of(request({}))


def test_no_service_starts_without_a_token() -> None:
    with pytest.raises(ValidationError, match="internal_token"):
        Settings.model_validate({**SETTINGS.model_dump(), "internal_token": ""})


def test_a_scope_is_required_by_its_whole_name() -> None:
    caller = caller_of(request(caller_headers(SETTINGS, "ten_1", scopes=["points:read"])))
    caller.require("points:read")
    for scope in ("points:write", "points", "points:rea"):
        with pytest.raises(ScopeMissing) as refused:
            caller.require(scope)
        assert refused.value.params == {"scope": scope}
