"""The broker loses what it acknowledged; nobody loses anything."""

import threading
import time
from contextlib import closing

import pytest

from chassis.events.event_metrics import EVENTS_REPUBLISHED
from chassis.events.realignment import realign
from chassis.events.topic_log import Reach, open_topic_log
from chassis.settings import Settings
from contracts.topics import topics_written_by
from tests.chassis.events.world import World
from tests.support.brokers import Broker
from tests.support.waiting import eventually


def republished_by(world: World) -> float:
    return EVENTS_REPUBLISHED.labels(world.shop)._value.get()


@pytest.mark.kafka
def test_apache_kafka_on_a_disk_that_went_back_loses_nothing_either(
    mailroom_settings: Settings, mortal_kafka: Broker
) -> None:
    world = World(mailroom_settings.model_copy(update={"kafka_bootstrap": mortal_kafka.bootstrap}))
    with closing(world):
        a_live_consumer_skips_nothing(world, mortal_kafka)


def test_a_live_consumer_skips_nothing_after_the_log_went_back(mortal_world: World, mortal_broker: Broker) -> None:
    a_live_consumer_skips_nothing(mortal_world, mortal_broker)


def a_live_consumer_skips_nothing(world: World, mortal_broker: Broker) -> None:
    customers = [f"cus_{n}" for n in range(5)]
    with world.relaying(), world.listening():
        for customer in customers:
            world.publish(customer, *range(20))
        eventually(lambda: world.count_notes() == 5 * 20)
        mortal_broker.stop()
        mortal_broker.remember()
        mortal_broker.start()
        for customer in customers:
            world.publish(customer, *range(20, 30))
        eventually(lambda: world.count_notes() == 5 * 30)
        mortal_broker.kill()
        mortal_broker.go_back()
        mortal_broker.start()
        for customer in customers:
            world.publish(customer, *range(30, 60))
        eventually(lambda: world.count_notes() == 5 * 60)
    assert world.notes() == {customer: list(range(60)) for customer in customers}
    assert world.positions_remembered() <= set(world.positions_in_log())
    assert republished_by(world) == 5 * 10


@pytest.mark.timeout(170)
def test_killed_again_and_again_under_load(mortal_world: World, mortal_broker: Broker) -> None:
    world, customers, stop = mortal_world, [f"cus_{n}" for n in range(6)], threading.Event()
    published = 0

    def keep_publishing() -> None:
        nonlocal published
        while not stop.is_set():
            for customer in customers:
                world.publish(customer, published)
            published += 1
            time.sleep(0.005)

    with world.relaying(), world.listening():
        load = threading.Thread(target=keep_publishing)
        load.start()
        for pause in (0.3, 0.7, 1.1, 0.2, 1.6, 0.5, 0.1, 0.9):
            time.sleep(pause)
            mortal_broker.kill()
            mortal_broker.start()
        stop.set()
        load.join()
        eventually(lambda: world.unsent() == 0)
        eventually(lambda: world.count_notes() >= published * len(customers))
    assert world.notes() == {customer: list(range(published)) for customer in customers}
    assert republished_by(world) > 0, "the broker lost nothing: the test tested nothing"


def test_a_lost_disk_is_filled_again(mortal_world: World, mortal_broker: Broker) -> None:
    world = mortal_world
    with world.relaying():
        world.publish("cus_1", *range(30))
        eventually(lambda: world.unsent() == 0)
        mortal_broker.kill()
        mortal_broker.forget_everything()
        mortal_broker.start()
        world.publish("cus_1", *range(30, 40))
        eventually(lambda: world.unsent() == 0)
    with world.listening():
        eventually(lambda: world.count_notes() == 40)
    assert world.notes() == {"cus_1": list(range(40))}
    assert world.positions_remembered() == set(world.positions_in_log())


def test_loss_is_noticed_while_nothing_is_published(mortal_world: World, mortal_broker: Broker) -> None:
    world = mortal_world
    with world.relaying():
        world.publish("cus_1", *range(30))
        eventually(lambda: world.unsent() == 0)
        mortal_broker.kill()
        mortal_broker.forget_everything()
        mortal_broker.start()
        eventually(lambda: world.numbers_in_log() == list(range(30)))


def test_holes_left_by_rounds_sent_twice_are_filled_so_that_offsets_line_up(
    mortal_world: World, mortal_broker: Broker
) -> None:
    world = mortal_world
    with world.relaying():
        world.publish("cus_1", *range(10))
        eventually(lambda: world.unsent() == 0)
    # Rows 4 to 9 stand seven places further on, as if a round had been sent twice.
    world.change(world.shop, "UPDATE outbox SET sent_offset = sent_offset + 7 WHERE sent_offset >= 4")
    mortal_broker.kill()
    mortal_broker.forget_everything()
    mortal_broker.start()
    with world.relaying():
        eventually(lambda: len(world.numbers_in_log()) == 17)
    assert world.numbers_in_log() == [0, 1, 2, 3, *[4] * 8, 5, 6, 7, 8, 9]
    assert world.positions_remembered() <= set(world.positions_in_log())


def test_a_topic_made_anew_begins_at_zero_and_the_outbox_learns_it(mortal_world: World, mortal_broker: Broker) -> None:
    world = mortal_world
    with world.relaying():
        world.publish("cus_1", *range(10))
        eventually(lambda: world.unsent() == 0)
    world.change(world.shop, "UPDATE outbox SET sent_offset = sent_offset + 1000000")
    mortal_broker.kill()
    mortal_broker.forget_everything()
    mortal_broker.start()
    with world.relaying():
        world.publish("cus_1", 10)
        eventually(lambda: world.numbers_in_log() == list(range(11)))
    assert world.positions_remembered() == set(world.positions_in_log())


def test_what_the_topic_no_longer_has_to_keep_is_not_sent_again(mortal_world: World, mortal_broker: Broker) -> None:
    world = mortal_world
    with world.relaying():
        world.publish("cus_1", *range(10))
        eventually(lambda: world.unsent() == 0)
    world.change(world.shop, "UPDATE outbox SET sent_at = now() - interval '8 days' WHERE sent_offset < 5")
    mortal_broker.kill()
    mortal_broker.forget_everything()
    mortal_broker.start()
    with world.relaying():
        eventually(lambda: len(world.numbers_in_log()) > 0)
        eventually(lambda: world.ask(world.shop, "SELECT count(*) FROM outbox WHERE sent_offset = -1") == [(5,)])
    assert set(world.numbers_in_log()) == {5, 6, 7, 8, 9}


def test_a_log_that_was_cut_and_grew_again_unseen_is_found_out(mortal_world: World, mortal_broker: Broker) -> None:
    """Only what stands in the log tells: its end is where it should be."""
    world = mortal_world
    with world.relaying():
        world.publish("cus_1", *range(20))
        eventually(lambda: world.unsent() == 0)
    mortal_broker.kill()
    mortal_broker.forget_everything()
    mortal_broker.start()
    world.write_foreign_records("cus_1", 25)
    with world.relaying():
        eventually(lambda: world.numbers_in_log() == list(range(20)))
    assert world.positions_remembered() <= set(world.positions_in_log())


def test_records_that_expired_are_not_taken_for_lost(world: World) -> None:
    with world.relaying():
        world.publish("cus_1", *range(20))
        eventually(lambda: world.unsent() == 0)
    world.delete_records_below("cus_1", 15)
    with (
        world.database(world.shop, "relay").engine.connect() as connection,
        open_topic_log(world.settings, topics_written_by(world.shop), threading.Event()) as topic_log,
    ):
        assert topic_log.reaches()[world.partition_of("cus_1")] == Reach(15, 20)
        assert realign(connection, topic_log) == 0
