"""The gateway's public API, asked patiently: what cannot be answered now is asked again in the same words."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

import httpx
import orjson

from cli.home import CommandFailed

ANSWER_SECONDS_MAX: Final = 60.0
PATIENCE_SECONDS: Final = 120.0
PAUSE_SECONDS: Final = 0.25
NOT_NOW: Final = frozenset({429, 502, 503, 504})


class NoAnswer(CommandFailed):
    """The gateway could not be reached, or could not reach a service, for longer than our patience lasts."""


class Answered(CommandFailed):
    """The API refused. `code` and `params` are the problem's."""

    def __init__(self, method: str, path: str, answer: httpx.Response) -> None:
        problem = read(answer)
        self.code: str = problem.get("code", "")
        self.params: dict[str, Any] = problem.get("params", {})
        said = problem.get("detail") or problem.get("title") or answer.text[:200]
        super().__init__(f"{method} {path} was answered with {answer.status_code} {self.code}: {said}")


@contextmanager
def open_door(gateway_url: str, api_key: str) -> Iterator["Door"]:
    """The gateway's door for the holder of that key."""
    headers = {"authorization": f"Bearer {api_key}", "accept-language": "en"}
    with httpx.Client(base_url=gateway_url, headers=headers, timeout=ANSWER_SECONDS_MAX) as client:
        yield Door(client)


class Door:
    """Every request can be sent again without harm: reads, writes with an Idempotency-Key, receipts.

    So an answer that got lost, because a process was killed or restarted, costs nothing but time.
    Raises Answered for a refusal, NoAnswer when patience ends. May be used from several threads.
    """

    def __init__(self, client: httpx.Client, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.patience_seconds = patience_seconds
        self._client = client

    def get(self, path: str, **parameters: str) -> dict[str, Any]:
        """Read something."""
        query = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
        return self._ask("GET", f"{path}?{query}" if query else path, None, {})

    def post(self, path: str, content: object, *, key: str | None = None) -> dict[str, Any]:
        """Do something, once, however often it has to be asked for."""
        headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
        return self._ask("POST", path, orjson.dumps(content), headers)

    def _ask(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> dict[str, Any]:
        give_up_at = time.monotonic() + self.patience_seconds
        while True:
            try:
                answer = self._client.request(method, path, content=content, headers=headers)
            except httpx.TransportError as error:
                reason = str(error) or type(error).__name__
            else:
                if answer.status_code not in NOT_NOW:
                    return accepted(method, path, answer)
                reason = f"{answer.status_code} {read(answer).get('code', '')}"
            if time.monotonic() > give_up_at:
                raise NoAnswer(f"{method} {path} has had no answer for {self.patience_seconds:.0f} s: {reason}")
            time.sleep(PAUSE_SECONDS)


def accepted(method: str, path: str, answer: httpx.Response) -> dict[str, Any]:
    """The content of an answer that is not a refusal. Raises Answered for one that is."""
    if answer.is_error:
        raise Answered(method, path, answer)
    return read(answer)


def read(answer: httpx.Response) -> dict[str, Any]:
    """An answer's JSON object; empty when it is none."""
    try:
        content = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}
