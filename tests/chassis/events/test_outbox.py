"""Events are told if and when the change they tell of is there."""

from contextlib import suppress

import pytest

from chassis.events.outbox import EVENT_BYTES_MAX, outbox_rows, publish
from tests.chassis.events.world import World


def rows(world: World) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for row in world.ask(world.shop, "SELECT key, data::json ->> 'number', trace FROM outbox ORDER BY position")
    ]


def test_events_stand_in_the_outbox_in_the_order_of_telling(offline_world: World) -> None:
    offline_world.publish("cus_1", *range(300))
    assert rows(offline_world) == [("cus_1", str(number), "req_1") for number in range(300)]


def test_what_is_rolled_back_is_not_told(offline_world: World) -> None:
    world = offline_world
    with suppress(RuntimeError), world.database(world.shop).transaction(world.tenant) as db:
        publish(db, world.event("cus_1", 1))
        raise RuntimeError
    assert rows(world) == []


def test_nothing_to_tell_is_no_row(offline_world: World) -> None:
    with offline_world.database(offline_world.shop).transaction(offline_world.tenant) as db:
        publish(db)
    assert rows(offline_world) == []


def test_rows_as_columns_are_parallel_and_each_has_its_own_id(offline_world: World) -> None:
    events = [offline_world.event(f"cus_{n}", n) for n in range(3)]
    columns = outbox_rows(events)
    assert {len(column) for column in columns} == {3}
    assert columns.keys == ["cus_0", "cus_1", "cus_2"]
    assert columns.topics == [offline_world.topic] * 3
    assert len(set(columns.ids)) == 3
    assert columns.datas == [event.model_dump_json() for event in events]


@pytest.mark.parametrize(("length", "fits"), [(EVENT_BYTES_MAX - 300, True), (EVENT_BYTES_MAX, False)])
def test_an_event_is_not_a_file(offline_world: World, length: int, fits: bool) -> None:
    event = offline_world.event("cus_1", 1, trouble="x" * length)
    if fits:
        outbox_rows([event])
    else:
        with pytest.raises(AssertionError):
            outbox_rows([event])
