"""The documentation page in a real browser, which is given no network but the gateway."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.gateway.conftest import Gateway
from tests.gateway.servers import answering

CHROMIUM = shutil.which("chromium")
DESCRIPTION = (
    b'{"openapi": "3.1.0", "info": {}, "components": {}, "paths": {"/v1/rewards": {"get": '
    b'{"operationId": "read", "summary": "The rewards that can be taken", "responses": {}}}}}'
)


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (Debian: apt-get install chromium)")
@pytest.mark.parametrize("width", [360, 1280])
def test_the_operations_are_on_the_page(gateway: Gateway, tmp_path: Path, width: int) -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(DESCRIPTION), DESCRIPTION)
    for service in gateway.services.values():
        service.script = answering(answer)
    page = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={tmp_path}",
            f"--window-size={width},900",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--virtual-time-budget=15000",
            "--dump-dom",
            f"http://127.0.0.1:{gateway.port}/docs",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    assert "/v1/tenant" in page.replace("\u200b", "")
    assert "opblock-get" in page
    assert "Failed to load" not in page
