"""Checking the published file of a draw. It needs nothing but the file."""

from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from cli.home import CommandFailed
from services.loyalty.domain.draw_proof import DrawProof, faults_of, hash_after
from services.loyalty.domain.draw_seal import entrant_of, tickets_of


def check_draw(file: Path, console: Console, *, customer: str | None, salt: str | None, head: str | None) -> bool:
    """Say whether all is as it was promised; and whether a customer, or a head that was noted down, is in it.

    `head` is written as lines:hash. Raises CommandFailed when something cannot be read.
    """
    try:
        proof = DrawProof.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise CommandFailed(f"{file} is no proof of a draw: {error}") from error
    faults = [*faults_of(proof)]
    tickets = tickets_of(proof.lines)
    if head and not knows_head(proof, head):
        faults.append(f"the first lines are not those of {head}")
    if customer and salt:
        entries = tickets.get(entrant_of(proof.draw_id, customer, read_salt(salt)), 0)
        console.print(f"{customer} has {entries} of {sum(tickets.values())} entries")
        if not entries:
            faults.append(f"{customer} is not in it")
    for fault in faults:
        console.print(f"[red]✗[/red] {fault}", highlight=False)
    if not faults:
        told = f"{len(proof.picks)} picked" if proof.seed else "nobody picked yet"
        console.print(f"✓ {proof.draw_id}: {len(tickets)} entrants, {sum(tickets.values())} entries, {told}")
    return not faults


def knows_head(proof: DrawProof, head: str) -> bool:
    """Whether the list began like that once."""
    lines, _colon, noted = head.partition(":")
    if not lines.isdecimal():
        raise CommandFailed("write a head as the number of lines, a colon and the hash")
    return int(lines) <= len(proof.lines) and hash_after(proof, int(lines)).hex() == noted


def read_salt(salt: str) -> bytes:
    """The bytes of a salt in hexadecimal."""
    try:
        return bytes.fromhex(salt)
    except ValueError as error:
        raise CommandFailed("a salt is written in hexadecimal") from error
