"""The file by which anyone can check an instant win, and the check. Source: docs/rules/instant-win.md."""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from services.loyalty.domain.draw_proof import Hex
from services.loyalty.domain.draw_seal import commitment_of
from services.loyalty.domain.instant_picks import Outcome, drawn_by, kept_back
from services.loyalty.domain.instant_win import InstantWinTerms


class PublishedPlay(BaseModel):
    """A play: the prize it drew, by its place in the terms counted from zero, and what came of that.

    `turn` numbers those that drew a prize, from one on, in the order in which they did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    play: str
    prize: int | None
    turn: int | None
    outcome: Outcome


class InstantWinProof(BaseModel):
    """All there is to an instant win that is over, without anything personal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: Literal["instant_win_proof"] = "instant_win_proof"
    instant_win_id: str
    terms: str
    commitment: Hex
    secret: Hex
    plays: Sequence[PublishedPlay]


def faults_of(proof: InstantWinProof) -> Iterator[str]:
    """What is wrong with an instant win, in words; nothing when all of it is as it was promised."""
    try:
        terms = InstantWinTerms.model_validate_json(proof.terms)
    except ValidationError:
        yield "the terms cannot be read"
        return
    secret = bytes.fromhex(proof.secret)
    if commitment_of(secret).hex() != proof.commitment:
        yield "the secret is not the one that was committed to"
    if len({play.play for play in proof.plays}) < len(proof.plays):
        yield "a play was played twice"
    for play in proof.plays:
        if play.prize != drawn_by(secret, play.play, terms):
            yield f"{play.play} drew another prize than the secret says"
    yield from _wrong_outcomes(proof.plays, terms)


def _wrong_outcomes(plays: Sequence[PublishedPlay], terms: InstantWinTerms) -> Iterator[str]:
    """Who drew nothing wins nothing; who drew a prize wins it, unless there is none any more or a limit is reached."""
    won = [0] * len(terms.prizes)
    drew = [play for play in plays if play.prize is not None]
    for play in plays:
        if (play.turn is None) != (play.prize is None) or (play.outcome == "nothing") != (play.prize is None):
            yield f"{play.play} drew nothing and had a turn, or drew a prize and had none"
            return
    for turn, play in enumerate(sorted(drew, key=lambda play: play.turn or 0), start=1):
        assert play.prize is not None
        if play.turn != turn:
            yield f"turn {turn} is not there, or is there twice"
            return
        if play.prize >= len(won):
            return
        limited = play.outcome == "limit_reached" and terms.wins_per_customer is not None
        if not limited and play.outcome != kept_back(terms, play.prize, won):
            yield f"{play.play} drew a prize in turn {turn}, and what came of that is not what was left of the prizes"
        won[play.prize] += play.outcome == "won"
