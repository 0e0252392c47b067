"""What every test can ask for."""

import pytest

pytest_plugins = ["tests.support.databases", "tests.support.brokers"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start whole systems take turns: two at once would want the same ports, and the machine."""
    for item in items:
        if item.get_closest_marker("system"):
            item.add_marker(pytest.mark.xdist_group("system"))
