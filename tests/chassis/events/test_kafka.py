"""The topics our processes need, whoever else makes them meanwhile."""

from typing import Any

from kafka.errors import TopicAlreadyExistsError

from chassis.events.kafka import ensure_topics
from contracts.topics import PARTITIONS


class Cluster:
    """A broker that makes a topic of one partition, unasked, as soon as we have looked: somebody else looks too."""

    def __init__(self) -> None:
        self.topics: dict[str, int] = {}
        self.looked_for = "shop.events"

    def describe_topics(self) -> list[dict[str, Any]]:
        seen = [{"name": name, "partitions": [{}] * count} for name, count in self.topics.items()]
        self.topics.setdefault(self.looked_for, 1)
        return seen

    def create_topics(self, topics: dict[str, Any], *, wait_for_metadata: bool) -> None:
        if not self.topics.keys().isdisjoint(topics):
            raise TopicAlreadyExistsError

    def create_partitions(self, topics: dict[str, int]) -> None:
        self.topics.update(topics)

    def alter_configs(self, resources: list[Any]) -> None:
        assert len(resources) == 1


def test_a_topic_that_was_made_between_our_look_and_our_call_gets_its_partitions() -> None:
    cluster = Cluster()
    ensure_topics(cluster, ["shop.events"])
    assert cluster.topics == {"shop.events": PARTITIONS}
