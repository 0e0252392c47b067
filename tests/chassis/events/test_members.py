"""Consumers in a group."""

from contextlib import closing

from kafka import TopicPartition

from chassis.events.kafka import admin, group_consumer
from tests.chassis.events.world import World
from tests.support.waiting import eventually


def test_a_member_reads_the_partitions_that_were_added(world: World) -> None:
    """However short its polls are: joining anew takes longer than each of them."""
    with closing(admin(world.settings)) as client:
        client.create_topics({world.topic: {"num_partitions": 1, "replication_factor": -1}}, wait_for_metadata=True)
        with closing(group_consumer(world.settings, world.desk, [world.topic], "desk-1")) as member:
            eventually(lambda: not member.poll(timeout_ms=50) and member.assignment())
            client.create_partitions({world.topic: 4})
            member._client.cluster.request_update()
            everything = {TopicPartition(world.topic, number) for number in range(4)}
            eventually(lambda: not member.poll(timeout_ms=1) and member.assignment() == everything)
