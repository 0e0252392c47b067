"""A worker's place among its service's listeners, and the burial of those that died.

A broker learns that a member died from its silence; the embedded one never does, and the group then waits for the dead
member for ever. The database learns it at once: each worker holds a numbered lock and bears its number in its client
id, and a member whose number nobody holds is removed from the group.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import MemberToRemove
from sqlalchemy import Connection, text

from chassis.data.database import Database
from chassis.logging import log

PLACES = range(1, 65)

TAKE = text("SELECT pg_try_advisory_lock(hashtext('wafa listener'), :number)")
GIVE_BACK = text("SELECT pg_advisory_unlock(hashtext('wafa listener'), :number)")


@dataclass(frozen=True, slots=True)
class Place:
    """A number no other living worker of the service has."""

    connection: Connection
    group: str
    number: int

    @property
    def client_id(self) -> str:
        """How the broker knows who sits here."""
        return f"{self.group}-{self.number}"

    def bury_the_dead(self, client: KafkaAdminClient) -> None:
        """Remove the group's members that bear another's number which no worker holds. Raises KafkaError."""
        members = client.describe_groups([self.group])[self.group]["members"]
        self._remove(client, [member for member in members if self._is_dead(member["client_id"])])

    def bury_predecessors(self, client: KafkaAdminClient) -> None:
        """Remove members that bear our number: before we join, they can only be dead. Raises KafkaError."""
        members = client.describe_groups([self.group])[self.group]["members"]
        self._remove(client, [member for member in members if member["client_id"] == self.client_id])

    def _remove(self, client: KafkaAdminClient, dead: list[dict[str, str]]) -> None:
        if dead:
            client.remove_group_members(self.group, [MemberToRemove(member["member_id"]) for member in dead])
            log.info("dead listeners removed", service=self.group, members=len(dead))

    def _is_dead(self, client_id: str) -> bool:
        group, _, number = client_id.rpartition("-")
        if group != self.group or not number.isdecimal() or int(number) == self.number:
            return False
        free = try_take(self.connection, int(number))
        if free:
            self.connection.execute(GIVE_BACK, {"number": int(number)})
        return free


@contextmanager
def take_place(database: Database) -> Iterator[Place]:
    """Hold the lowest free number for the block. Any kind of death gives it back."""
    connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        connection.detach()
        number = next(number for number in PLACES if try_take(connection, number))
        yield Place(connection, database.service, number)
    finally:
        connection.close()


def try_take(connection: Connection, number: int) -> bool:
    """Take a number unless somebody else holds it."""
    return bool(connection.execute(TAKE, {"number": number}).scalar_one())
