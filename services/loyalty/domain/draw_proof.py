"""The file by which anyone can check a draw, and the check. Source: docs/rules/draws.md."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.loyalty.domain.draw_picks import numbers_from, pick_winners
from services.loyalty.domain.draw_seal import DrawLine, commitment_of, first_link, next_link, tickets_of
from services.loyalty.domain.prize_draw import DrawTerms

Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Standing = Literal["waiting", "won", "claimed", "handed_over", "passed_over"]
Reason = Literal["blocked", "returned", "won_before", "unclaimed", "declined", "ineligible"]


class PublishedPick(BaseModel):
    """An entry that was picked. `slot` is the thing it won, counted from zero over all prizes; null for an alternate.

    One that was passed over keeps its slot; the next alternate has the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ticket: int
    left: int
    entrant: Hex
    slot: int | None
    status: Standing
    reason: Reason | None


class DrawProof(BaseModel):
    """All there is to a draw, without anything personal. Before the reveal there is no seed, and nobody is picked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: Literal["draw_proof"] = "draw_proof"
    draw_id: str
    terms: str
    commitment: Hex
    lines: Sequence[DrawLine]
    entries_hash: Hex
    beacon: str | None
    seed: Hex | None
    picks: Sequence[PublishedPick]


def hash_after(proof: DrawProof, lines: int) -> bytes:
    """The chain after so many of the lines: what was noted down while the draw was open must be one of these."""
    link = first_link(proof.draw_id, bytes.fromhex(proof.commitment), proof.terms)
    for line in proof.lines[:lines]:
        link = next_link(link, line)
    return link


def faults_of(proof: DrawProof) -> Iterator[str]:
    """What is wrong with a draw, in words; nothing when all of it is as it was promised."""
    try:
        terms = DrawTerms.model_validate_json(proof.terms)
    except ValidationError:
        yield "the terms cannot be read"
        return
    entries_hash = hash_after(proof, len(proof.lines))
    if entries_hash.hex() != proof.entries_hash:
        yield "the terms, the commitment or the entries are not those that were sealed"
    yield from _impossible_lines(proof.lines)
    if proof.seed is None:
        if proof.picks:
            yield "somebody was picked without a seed"
        return
    seed = bytes.fromhex(proof.seed)
    if commitment_of(seed).hex() != proof.commitment:
        yield "the seed is not the one that was committed to"
    if (proof.beacon is None) != (terms.beacon is None):
        yield "a beacon was mixed in that was not announced, or the announced one was left out"
    picked = pick_winners(
        tickets_of(proof.lines),
        numbers_from(seed, entries_hash, proof.beacon or ""),
        picks=terms.picks,
        one_win_per_customer=terms.one_win_per_customer,
    )
    if [(pick.ticket, pick.left, pick.entrant) for pick in proof.picks] != [pick[:3] for pick in picked]:
        yield "others were picked than the seed, the entries and the beacon say"
    yield from _wrong_turns(proof.picks, len(terms.prize_of_slot))


def _impossible_lines(lines: Sequence[DrawLine]) -> Iterator[str]:
    entries: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        entries[line.entrant] = entries.get(line.entrant, 0) + line.entries
        if entries[line.entrant] < 0 or not line.entries:
            yield f"line {number} takes more than there is, or nothing at all"


def _wrong_turns(picks: Sequence[PublishedPick], prizes: int) -> Iterator[str]:
    """The first picks have the prizes; from then on each goes to the next in line when its holder is passed over."""
    holders: dict[int, PublishedPick] = {}
    for turn, pick in enumerate(picks):
        if (pick.slot is None) != (pick.status == "waiting") or (pick.reason is None) == (pick.status == "passed_over"):
            yield f"pick {turn + 1} has a prize without having won, or has won without a prize"
        if turn < prizes:
            if pick.slot != turn:
                yield f"pick {turn + 1} did not get the prize of its turn"
        elif pick.slot is not None:
            before = holders.get(pick.slot)
            if before is None or before.status != "passed_over" or picks[turn - 1].slot is None:
                yield f"pick {turn + 1} came before its turn"
        if pick.slot is not None:
            holders[pick.slot] = pick
    waits = any(pick.slot is None for pick in picks)
    if waits and any(pick.status == "passed_over" for pick in holders.values()):
        yield "a prize was given up and not passed on"
