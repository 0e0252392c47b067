"""Draws for tests, and a check of their proof that shares nothing with ours."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.loyalty.domain.draw_picks import numbers_from, pick_winners
from services.loyalty.domain.draw_proof import DrawProof, PublishedPick
from services.loyalty.domain.draw_seal import DrawLine, commitment_of, first_link, next_link, tickets_of
from services.loyalty.domain.prize_draw import DrawTerms

NAME = {"en": "Summer draw", "ar": "سحب الصيف"}
BICYCLE = {"name": {"en": "A bicycle", "ar": "دراجة"}}


def draw_terms(**more: Any) -> DrawTerms:
    """A draw of November with one prize, unless said otherwise."""
    return DrawTerms.model_validate(
        {
            "draw": "summer",
            "name": NAME,
            "opens_at": "2026-11-01T00:00:00Z",
            "closes_at": "2026-12-01T00:00:00Z",
            "prizes": [BICYCLE],
            **more,
        }
    )


def entrant(name: str) -> str:
    """What a list could call somebody."""
    return hashlib.sha256(name.encode()).hexdigest()


def drawn(
    lines: Sequence[tuple[str, int]], *, seed: bytes = bytes(32), beacon: str | None = None, **terms: Any
) -> DrawProof:
    """The proof of a draw with these lines, nobody passed over yet."""
    promised = draw_terms(**terms)
    listed = [DrawLine(entrant(name), entries) for name, entries in lines]
    commitment = commitment_of(seed)
    link = first_link("drw_1", commitment, promised.as_text())
    for line in listed:
        link = next_link(link, line)
    picks = pick_winners(
        tickets_of(listed),
        numbers_from(seed, link, beacon or ""),
        picks=promised.picks,
        one_win_per_customer=promised.one_win_per_customer,
    )
    prizes = len(promised.prize_of_slot)
    return DrawProof(
        draw_id="drw_1",
        terms=promised.as_text(),
        commitment=commitment.hex(),
        lines=listed,
        entries_hash=link.hex(),
        beacon=beacon,
        seed=seed.hex(),
        picks=[
            PublishedPick(
                ticket=pick.ticket,
                left=pick.left,
                entrant=pick.entrant,
                slot=turn if turn < prizes else None,
                status="won" if turn < prizes else "waiting",
                reason=None,
            )
            for turn, pick in enumerate(picks)
        ],
    )


def holds(proof: Mapping[str, Any]) -> bool:
    """Whether a published file is right: with one list of single tickets, and numbers cut to what is needed."""
    seed = bytes.fromhex(proof["seed"])
    text = "\n".join((proof["draw_id"], hashlib.sha256(seed).hexdigest(), proof["terms"]))
    state = hashlib.new("sha256", text.encode())
    tickets: list[str] = []
    order: list[str] = []
    for name, entries in proof["lines"]:
        state = hashlib.new("sha256", state.digest() + b"%s %d\n" % (name.encode(), entries))
        if name not in order:
            order.append(name)
        if entries > 0:
            tickets += [name] * entries
        for _ in range(-entries):
            tickets.remove(name)
    tickets.sort(key=order.index)
    if state.hexdigest() != proof["entries_hash"]:
        return False
    key = hmac.new(seed, state.digest() + str(proof["beacon"] or "").encode(), hashlib.sha256).digest()
    turn, picked = 0, []
    terms = json.loads(proof["terms"])
    wanted = terms["alternates"] + sum(prize["count"] for prize in terms["prizes"])
    while tickets and len(picked) < wanted:
        number = int(hmac.new(key, b"%d" % turn, hashlib.sha256).hexdigest(), 16)
        turn += 1
        if number // len(tickets) < 2**256 // len(tickets):
            winner = tickets[number % len(tickets)]
            picked.append((number % len(tickets), len(tickets), winner))
            if terms["one_win_per_customer"]:
                tickets = [ticket for ticket in tickets if ticket != winner]
            else:
                tickets.remove(winner)
    return picked == [(pick["ticket"], pick["left"], pick["entrant"]) for pick in proof["picks"]]
