"""A house for all stories, and a business for each."""

from collections.abc import Iterator

import pytest

from chassis.settings import Settings
from tests.scenarios.house import House, open_house
from tests.scenarios.story import Story, open_story


@pytest.fixture(scope="session")
def house(settings: Settings) -> Iterator[House]:
    """All services, running in this process."""
    with open_house(settings) as house:
        yield house


@pytest.fixture
def story(house: House) -> Iterator[Story]:
    """A new business."""
    story = open_story(house)
    yield story
    story.back_to_the_present()
    story.client.close()
