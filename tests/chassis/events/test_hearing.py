"""Which failures are the database's, to be waited for, and which are the event's, to be parked."""

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.events.hearing import is_transient


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.OperationalError("the connection is lost"), True),
        (psycopg.InterfaceError(), True),
        (PoolTimeout(), True),
        (psycopg.errors.QueryCanceled(), False),
        (psycopg.errors.UniqueViolation(), False),
        (ValueError(), False),
    ],
)
def test_a_statement_fails_the_same_in_a_pipeline_and_outside(error: Exception, passes: bool) -> None:
    assert is_transient(error) == passes
    if isinstance(error, psycopg.Error):
        assert is_transient(OperationalError("SELECT", {}, error)) == passes
