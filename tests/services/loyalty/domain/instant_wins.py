"""Instant wins for tests, and a check of their proof that shares nothing with ours."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.loyalty.domain.draw_seal import commitment_of
from services.loyalty.domain.instant_picks import drawn_by, kept_back
from services.loyalty.domain.instant_win import InstantWinTerms
from services.loyalty.domain.instant_win_proof import InstantWinProof, PublishedPlay

NAME = {"en": "Spring wheel", "ar": "عجلة الربيع"}
BAG = {"name": {"en": "A bag", "ar": "حقيبة"}, "chances": 1}
POINTS = {"name": {"en": "50 points", "ar": "50 نقطة"}, "chances": 1, "award": {"points": 50}}


def instant_terms(**more: Any) -> InstantWinTerms:
    """An instant win of November in which every play wins a bag, unless said otherwise."""
    return InstantWinTerms.model_validate(
        {
            "instant_win": "spring",
            "name": NAME,
            "opens_at": "2026-11-01T00:00:00Z",
            "closes_at": "2026-12-01T00:00:00Z",
            "out_of": 1,
            "prizes": [BAG],
            **more,
        }
    )


def played(*plays: str, secret: bytes = bytes(32), **terms: Any) -> InstantWinProof:
    """The proof of an instant win with these plays, in this order, nobody at a limit."""
    promised = instant_terms(**terms)
    won, turn, listed = [0] * len(promised.prizes), 0, []
    for play in plays:
        prize = drawn_by(secret, play, promised)
        if prize is None:
            listed.append(PublishedPlay(play=play, prize=None, turn=None, outcome="nothing"))
            continue
        turn, outcome = turn + 1, kept_back(promised, prize, won)
        won[prize] += outcome == "won"
        listed.append(PublishedPlay(play=play, prize=prize, turn=turn, outcome=outcome))
    return InstantWinProof(
        instant_win_id="iwn_1",
        terms=promised.as_text(),
        commitment=commitment_of(secret).hex(),
        secret=secret.hex(),
        plays=listed,
    )


def holds(proof: Mapping[str, Any]) -> bool:
    """Whether a published file is right: with a list of single chances, and prizes put on a shelf and taken from it."""
    secret, terms = bytes.fromhex(proof["secret"]), json.loads(proof["terms"])
    if hashlib.new("sha256", secret).hexdigest() != proof["commitment"]:
        return False
    wheel = [place for place, prize in enumerate(terms["prizes"]) for _ in range(prize["chances"])]
    wheel += [None] * (terms["out_of"] - len(wheel))
    shelf = [prize["stock"] for prize in terms["prizes"]]
    money = terms["budget"]
    for play in sorted(proof["plays"], key=lambda play: (play["turn"] is not None, play["turn"])):
        last = play["play"].encode()
        while True:
            last = hmac.new(secret, last, hashlib.sha256).digest()
            share = Fraction(int(last.hex(), 16), 2**256 - 2**256 % len(wheel))
            if share < 1:
                break
        prize = wheel[int(last.hex(), 16) % len(wheel)]
        if prize != play["prize"]:
            return False
        if prize is None or play["outcome"] == "limit_reached":
            continue
        worth = terms["prizes"][prize]["worth"] or 0
        if shelf[prize] == 0:
            expected = "out_of_stock"
        elif money is not None and money < worth:
            expected = "budget_spent"
        else:
            expected = "won"
            shelf[prize] = None if shelf[prize] is None else shelf[prize] - 1
            money = None if money is None else money - worth
        if play["outcome"] != expected:
            return False
    return True
