"""What a draw commits to: its seed, and its entries in their order. Source: docs/rules/draws.md."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

SEED_BYTES = 32
SALT_BYTES = 16


class DrawLine(NamedTuple):
    """Entries that came in, or went out again when below zero. `entrant` stands for a customer, and names nobody."""

    entrant: str
    entries: int


def commitment_of(seed: bytes) -> bytes:
    """What is published of the seed before the first entry: its SHA-256."""
    return hashlib.sha256(seed).digest()


def entrant_of(draw_id: str, customer_id: str, salt: bytes) -> str:
    """What the list calls a customer: only who has the salt can tell who it is."""
    return hashlib.sha256(f"{draw_id}\n{customer_id}\n{salt.hex()}".encode()).hexdigest()


def first_link(draw_id: str, commitment: bytes, terms: str) -> bytes:
    """Where the chain of a draw's entries begins: with the commitment and the terms."""
    return hashlib.sha256(f"{draw_id}\n{commitment.hex()}\n{terms}".encode()).digest()


def next_link(before: bytes, line: DrawLine) -> bytes:
    """The chain with one line more. The last link stands for all entries, and for their order."""
    return hashlib.sha256(before + f"{line.entrant} {line.entries}\n".encode()).digest()


def tickets_of(lines: Iterable[DrawLine]) -> dict[str, int]:
    """How many entries each entrant has, those first whose first line came first. Who has none left is not there."""
    tickets: dict[str, int] = {}
    for entrant, entries in lines:
        tickets[entrant] = tickets.get(entrant, 0) + entries
    return {entrant: count for entrant, count in tickets.items() if count}
