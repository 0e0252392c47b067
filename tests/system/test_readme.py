"""The README's first purchase, pasted into a shell as it stands."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.system.running import System

README = Path(__file__).parents[2] / "README.md"

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def test_the_first_purchase_works_when_pasted(system: System) -> None:
    (block,) = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    script = block.replace(".wafa/access.json", str(system.home.path / "access.json")).replace(
        "http://127.0.0.1:8080", system.access["gateway_url"]
    )
    ran = subprocess.run(["sh", "-eu", "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    decoder = json.JSONDecoder()
    purchase, end = decoder.raw_decode(ran.stdout)
    balance, _end = decoder.raw_decode(ran.stdout[end:].lstrip())
    assert purchase["totals"] == {"subtotal": 375, "discount": 125, "due": 250}
    assert [effect["amount"] for effect in purchase["effects"] if effect["kind"] == "accrue"] == [2]
    assert balance["available"] == 2
