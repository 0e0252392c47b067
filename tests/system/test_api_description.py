"""The API keeps what its description says, whatever it is sent: no 5xx, no answer that is not described."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.system.running import System

EXAMPLES = 8
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def document(system: System) -> dict[str, Any]:
    """The joined description, as the gateway serves it."""
    answer: dict[str, Any] = httpx.get(f"{system.access['gateway_url']}/openapi.json", timeout=30).json()
    return answer


def test_every_operation_answers_as_described(system: System, document: dict[str, Any]) -> None:
    assert not broken_promises(system, document)


def test_a_false_description_is_found(system: System, document: dict[str, Any]) -> None:
    path = "/v1/customers/{customer_id}"
    operation = document["paths"][path]["get"]
    only_success = {**operation, "responses": {"200": operation["responses"]["200"]}}
    assert broken_promises(system, {**document, "paths": {path: {"get": only_success}}})


def broken_promises(system: System, document: dict[str, Any]) -> str:
    """What was answered otherwise than described, a paragraph for each operation."""
    headers = {"Authorization": f"Bearer {system.access['api_key']}"}
    broken: list[str] = []
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()

        @given(case=operation.as_strategy(), key=st.uuids())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def answers(case: Any, key: Any) -> None:
            sent = {**headers, "Idempotency-Key": str(key)}
            response = case.call(base_url=system.access["gateway_url"], headers=sent)
            case.validate_response(response, checks=CHECKS)

        try:
            answers()
        except (Exception, FailureGroup) as error:  # noqa: BLE001 - every operation that breaks its word is named
            broken.append(f"{operation.label}: {type(error).__name__}: {error}"[:900])
    return "\n\n".join(broken)
