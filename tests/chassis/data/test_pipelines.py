"""Statements in one round trip: what they find, what happens when one fails, and what the server has ready."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis.data.database import Database, narrow
from chassis.data.pipelines import pipeline
from kernel.ids import TenantId

HEAR = "INSERT INTO inbox (tenant_id, event_id) SELECT * FROM unnest(%b::text[], %b::text[])"
HEARD = text("SELECT event_id FROM inbox ORDER BY event_id")
ALL = "SELECT i FROM generate_series(1, %b::bigint) i"
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'wafa_%'")


@pytest.fixture
def single(mailroom: Database) -> Iterator[Database]:
    """A pool of one connection."""
    database = Database(mailroom.settings, "customers", pool_size=1, name=mailroom.name)
    yield database
    database.dispose()


class Undone(Exception):
    """Why a transaction is rolled back."""


def run(database: Database, tenant_id: str, *asked: tuple[str, list[Any]], undo: bool = False) -> list[list[Any]]:
    """Statements in one pipeline, in a transaction of their own; what they find."""
    with database.transaction(tenant_id) as db:
        with pipeline(db) as asking:
            answers = [asking.send(statement, parameters) for statement, parameters in asked]
        if undo:
            raise Undone
    return [answer.fetchall() for answer in answers]


def heard(database: Database, tenant_id: str) -> list[str]:
    with database.transaction(tenant_id) as db:
        return list(db.scalars(HEARD))


def prepared(single: Database) -> int:
    with single.blind_transaction() as db:
        return db.scalar(PREPARED) or 0


def test_answers_are_read_when_the_pipeline_is_over(single: Database) -> None:
    values = ("قهوة", 7, date(2024, 2, 29), datetime(2026, 1, 1, tzinfo=UTC), True, b"\0", None)
    said = "SELECT %b::text, %b::bigint, %b::date, %b::timestamptz, %b::boolean, %b::bytea, %b::text"
    with single.blind_transaction() as db:
        with pipeline(db) as asking:
            one, many, none = asking.send(said, values), asking.send(ALL, [3]), asking.send(ALL, [0])
            assert asking.send_rows("SELECT * FROM unnest(%b::text[])", []) is None
        assert one.fetchall() == [values]
        assert (many.fetchall(), none.fetchall()) == ([(1,), (2,), (3,)], [])


def test_arrays_are_given_as_values_or_as_bytes(single: Database) -> None:
    with single.blind_transaction() as db:
        with pipeline(db) as asking:
            said = "SELECT * FROM unnest(%b::text[])"
            given, made = asking.send(said, [["a", None]]), asking.send_rows(said, [("a",), (None,)])
        assert made is not None
        assert given.fetchall() == made.fetchall() == [("a",), (None,)]


def half_written(db: Session, tenant_id: str) -> None:
    with pipeline(db) as sending:
        sending.send(HEAR, [[tenant_id], ["evt_1"]])
        raise Undone


def test_nothing_is_sent_when_nothing_was_asked_or_the_block_fails(single: Database, tenant_id: TenantId) -> None:
    assert run(single, tenant_id) == []
    with single.transaction(tenant_id) as db:
        with pytest.raises(Undone):
            half_written(db, tenant_id)
        assert list(db.scalars(HEARD)) == []


def test_a_pipeline_begins_the_transaction_it_is_part_of(single: Database, tenant_id: TenantId) -> None:
    def begun_blindly() -> None:
        with single.blind_transaction() as db:
            with pipeline(db) as sending:
                narrow(sending, [tenant_id])
                sending.send(HEAR, [[tenant_id], ["evt_1"]])
            assert list(db.scalars(HEARD)) == ["evt_1"]
            raise Undone

    with pytest.raises(Undone):
        begun_blindly()
    assert heard(single, tenant_id) == [], "it went back with the rest"


def test_a_pipeline_may_commit(single: Database, tenant_id: TenantId) -> None:
    def committed(*asked: tuple[str, list[Any]]) -> None:
        with single.transaction(tenant_id) as db:
            with pipeline(db) as sending:
                for statement, parameters in asked:
                    sending.send(statement, parameters)
                sending.commit()
            raise Undone

    hear = (HEAR, [[tenant_id], ["evt_1"]])
    with pytest.raises(psycopg.errors.DivisionByZero):
        committed(hear, ("SELECT 1 / %b::bigint", [0]))
    assert heard(single, tenant_id) == []
    with pytest.raises(Undone):
        committed(hear)
    assert heard(single, tenant_id) == ["evt_1"], "what fails afterwards does not bring it back"


def test_the_first_error_is_raised_and_nothing_after_it_happens(single: Database, tenant_id: TenantId) -> None:
    again = (HEAR, [[tenant_id], ["evt_1"]])
    with pytest.raises(psycopg.errors.UniqueViolation):
        run(single, tenant_id, again, again, ("SELECT 1 / %b::bigint", [0]))
    assert heard(single, tenant_id) == []
    run(single, tenant_id, again)
    assert heard(single, tenant_id) == ["evt_1"], "the connection is as good as before"


def test_a_statement_that_cannot_be_prepared_leaves_the_others_ready(single: Database, tenant_id: TenantId) -> None:
    hear = (HEAR, [[tenant_id], ["evt_1"]])
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            run(single, tenant_id, hear, ("SELECT * FROM nowhere WHERE id = %b::bigint", [1]))
    run(single, tenant_id, hear)
    assert heard(single, tenant_id) == ["evt_1"]


def test_statements_stay_ready(single: Database, tenant_id: TenantId) -> None:
    for _ in range(3):
        run(single, tenant_id, (ALL, [1]))
    with pytest.raises(Undone):
        run(single, tenant_id, (ALL, [1]), undo=True)
    assert run(single, tenant_id, (ALL, [2])) == [[(1,), (2,)]]
    assert prepared(single) == 2, "this one, and the one that names the tenant"


@pytest.mark.parametrize("all_of_it", [True, False])
def test_what_the_driver_makes_the_server_forget_is_made_ready_again(
    single: Database, tenant_id: TenantId, all_of_it: bool
) -> None:
    def undone() -> None:
        with single.transaction(tenant_id) as db:
            db.connection().connection.driver_connection.execute("SELECT 1", prepare=True)  # type: ignore[union-attr]
            with suppress(Undone), db.begin_nested():
                raise Undone
            with pipeline(db) as asking:
                found = asking.send(ALL, [2])
            assert found.fetchall() == [(1,), (2,)]
            if all_of_it:
                raise Undone

    for _ in range(3):
        with suppress(Undone):
            undone()
    assert run(single, tenant_id, (ALL, [2])) == [[(1,), (2,)]]


def test_more_than_fits_any_buffer_goes_both_ways(single: Database) -> None:
    texts = ["x" * 100_000] * 40
    with single.blind_transaction() as db:
        with pipeline(db) as asking:
            answers = [asking.send("SELECT * FROM unnest(%b::text[])", [texts]) for _ in range(5)]
        assert all(answer.fetchall() == [(said,) for said in texts] for answer in answers)


def test_a_connection_that_is_lost_is_replaced(single: Database, tenant_id: TenantId) -> None:
    with pytest.raises(OperationalError):
        run(single, tenant_id, ("SELECT pg_terminate_backend(pg_backend_pid()), %b::bigint", [1]), (ALL, [1]))
    assert run(single, tenant_id, (ALL, [1])) == [[(1,)]]
