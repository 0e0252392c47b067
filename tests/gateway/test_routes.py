"""Which service answers what; nothing else is public."""

import pytest

from gateway.routes import BATCH_BYTES_MAX, BODY_BYTES_MAX, Route, find_route


@pytest.mark.parametrize(
    ("path", "service", "name"),
    [
        ("/v1/tenant", "gateway", "/v1/tenant"),
        ("/v1/api_keys/key_1/revoke", "gateway", "/v1/api_keys"),
        ("/v1/customers", "customers", "/v1/customers"),
        ("/v1/customers/search", "customers", "/v1/customers"),
        ("/v1/customers/cus_1", "customers", "/v1/customers"),
        ("/v1/customers/cus_1/consents", "customers", "/v1/customers/*/consents"),
        ("/v1/customers/cus_1/balance", "loyalty", "/v1/customers/*/balance"),
        ("/v1/customers/cus_1/inbox/msg_1/read", "notifications", "/v1/customers/*/inbox"),
        ("/v1/customers/cus_1/stage", "retention", "/v1/customers/*/stage"),
        ("/v1/programs/prg_1/versions/2/publish", "loyalty", "/v1/programs"),
        ("/v1/quotes", "loyalty", "/v1/quotes"),
        ("/v1/purchases/pur_1/returns", "loyalty", "/v1/purchases"),
        ("/v1/holds/hld_1/capture", "loyalty", "/v1/holds"),
        ("/v1/retention/figures", "retention", "/v1/retention"),
    ],
)
def test_a_path_has_one_owner(path: str, service: str, name: str) -> None:
    assert find_route(path) == Route(service, name)


def test_only_a_batch_may_be_large() -> None:
    assert find_route("/v1/purchases/batch") == Route("loyalty", "/v1/purchases/batch", BATCH_BYTES_MAX)
    assert find_route("/v1/activities/batch") == Route("loyalty", "/v1/activities/batch", BATCH_BYTES_MAX)
    batch_of_another_kind = find_route("/v1/purchases/batch/x")
    assert batch_of_another_kind is not None
    assert batch_of_another_kind.body_bytes_max == BODY_BYTES_MAX


@pytest.mark.parametrize(
    "path",
    [
        "",
        "v1/purchases",
        "/v1",
        "/v1/",
        "/v1/purchases/",
        "/v1//purchases",
        "/v1/./purchases",
        "/v1/purchases/..",
        "/v1/purchases/a\\b",
        "/v1/customers/cus_1/contact",
        "/v1/customers/../internal/x",
        "/v1/a/b/c/d/e/f/g/h/i/j/k",
        "/v1/purchases/1/2/3/4/5/6/7",
        "/internal/customers/cus_1",
    ],
)
def test_everything_else_leads_nowhere(path: str) -> None:
    assert find_route(path) is None
