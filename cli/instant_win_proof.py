"""Checking the published file of an instant win. It needs nothing but the file."""

from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from cli.home import CommandFailed
from services.loyalty.domain.instant_win_proof import InstantWinProof, faults_of


def check_instant_win(file: Path, console: Console, *, play: str | None) -> bool:
    """Say whether all is as it was promised; and what came of a play, if one is named.

    Raises CommandFailed when the file cannot be read.
    """
    try:
        proof = InstantWinProof.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise CommandFailed(f"{file} is no proof of an instant win: {error}") from error
    faults = [*faults_of(proof)]
    if play:
        outcomes = [each.outcome for each in proof.plays if each.play == play]
        if outcomes:
            console.print(f"{play}: {outcomes[0]}", highlight=False)
        else:
            faults.append(f"{play} is not in it")
    for fault in faults:
        console.print(f"[red]✗[/red] {fault}", highlight=False)
    if not faults:
        won = sum(each.outcome == "won" for each in proof.plays)
        console.print(f"✓ {proof.instant_win_id}: {len(proof.plays)} plays, {won} won")
    return not faults
