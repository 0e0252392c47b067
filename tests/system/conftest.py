"""One running system for the tests that only use it."""

from collections.abc import Iterator

import pytest

from tests.system.running import System, running_system


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A whole system, on a home of its own."""
    with running_system(tmp_path_factory.mktemp("system")) as running:
        yield running
