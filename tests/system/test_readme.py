"""The README's first purchase, pasted into a shell as it stands."""

import pytest

from tests.system.running import System, first_purchase

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def test_the_first_purchase_works_when_pasted(system: System) -> None:
    purchase, balance = first_purchase(system)
    assert purchase["totals"] == {"subtotal": 375, "discount": 125, "due": 250}
    assert [effect["amount"] for effect in purchase["effects"] if effect["kind"] == "accrue"] == [2]
    assert balance["available"] == 2
