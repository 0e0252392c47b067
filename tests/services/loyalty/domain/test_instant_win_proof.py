"""A proof that is not as it was promised is found, wherever it was touched."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.instant_picks import numbers_of, prize_at
from services.loyalty.domain.instant_win import InstantWinTerms
from services.loyalty.domain.instant_win_proof import InstantWinProof, faults_of
from tests.services.loyalty.domain.instant_wins import BAG, holds, played
from tests.services.loyalty.domain.pages import RULES

PAGE = RULES / "instant-win.md"
EXAMPLE = RULES / "instant-win-example.json"
OTHER = "f" * 64
TERMS = {"out_of": 2, "budget": 300, "prizes": [{**BAG, "stock": 2, "worth": 100}]}
PLAYS = [f"ply_{number}" for number in range(12)]


def proof(**more: Any) -> InstantWinProof:
    """Some plays that won, that found the shelf empty, and that drew nothing."""
    return played(*PLAYS, secret=b"s" * 32, **{**TERMS, **more})


def touched(path: str, value: Any) -> InstantWinProof:
    """The proof with one thing changed. The path names keys and places."""
    document = proof().model_dump(mode="json")
    *way, last = path.split(".")
    part = document
    for key in way:
        part = part[int(key)] if key.isdecimal() else part[key]
    part[int(last) if last.isdecimal() else last] = value
    return InstantWinProof.model_validate(document)


def place(outcome: str) -> int:
    """Where the first such play stands."""
    return [play.outcome for play in proof().plays].index(outcome)


def test_a_sound_proof_has_no_faults() -> None:
    assert {play.outcome for play in proof().plays} == {"won", "nothing", "out_of_stock"}
    for sound in (proof(), played(), proof(budget=100, wins_per_customer={"at_most": 1})):
        assert list(faults_of(sound)) == []
        assert holds(sound.model_dump(mode="json"))


@given(
    secret=st.binary(min_size=32, max_size=32),
    chances=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    stock=st.none() | st.integers(1, 4),
    budget=st.none() | st.integers(1, 20),
    plays=st.integers(0, 40),
)
def test_two_checks_that_share_nothing_agree(
    secret: bytes, chances: list[int], stock: int | None, budget: int | None, plays: int
) -> None:
    prizes = [{**BAG, "chances": each, "stock": stock, "worth": each} for each in chances]
    made = played(
        *[f"ply_{number}" for number in range(plays)],
        secret=secret,
        out_of=sum(chances) + 3,
        budget=budget,
        prizes=prizes,
    )
    assert list(faults_of(made)) == []
    assert holds(made.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("secret", "0" * 64),
        ("commitment", OTHER),
        ("terms", "{}"),
        ("terms", proof(prizes=[{**BAG, "stock": 3, "worth": 100}]).terms),
        ("terms", proof(prizes=[BAG, BAG], budget=None).terms),
        (f"plays.{place('won')}.outcome", "nothing"),
        (f"plays.{place('won')}.outcome", "out_of_stock"),
        (f"plays.{place('won')}.outcome", "limit_reached"),
        (f"plays.{place('won')}.prize", None),
        (f"plays.{place('won')}.prize", 1),
        (f"plays.{place('won')}.turn", None),
        (f"plays.{place('won')}.turn", 99),
        (f"plays.{place('out_of_stock')}.outcome", "won"),
        (f"plays.{place('nothing')}.outcome", "won"),
        (f"plays.{place('nothing')}.prize", 0),
        ("plays.1.play", PLAYS[0]),
    ],
)
def test_what_was_touched_is_found(path: str, value: Any) -> None:
    assert list(faults_of(touched(path, value)))


def test_a_play_that_won_cannot_be_left_out_of_the_middle() -> None:
    document = proof().model_dump(mode="json")
    del document["plays"][place("won")]
    assert list(faults_of(InstantWinProof.model_validate(document)))


def run_page(file: Path) -> int:
    """Run what the page shows on a file."""
    (shown,) = PAGE.read_text().split("```python\n")[1:]
    script = file.with_suffix(".py")
    script.write_text(shown.partition("```")[0])
    return subprocess.run([sys.executable, script, file], capture_output=True, timeout=30).returncode


def test_the_page_checks_its_example(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text(EXAMPLE.read_text())
    assert run_page(file) == 0
    assert holds(json.loads(EXAMPLE.read_text()))
    assert list(faults_of(InstantWinProof.model_validate_json(EXAMPLE.read_text()))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [("secret", "0" * 64), (f"plays.{place('won')}.prize", None), (f"plays.{place('out_of_stock')}.outcome", "won")],
)
def test_the_page_and_the_other_check_find_what_was_touched(tmp_path: Path, path: str, value: Any) -> None:
    file = tmp_path / "proof.json"
    file.write_text(touched(path, value).model_dump_json())
    assert run_page(file) == 1
    assert not holds(json.loads(file.read_text()))


def test_the_page_says_the_numbers_of_its_example() -> None:
    example = InstantWinProof.model_validate_json(EXAMPLE.read_text())
    rows = re.findall(r"\| …(\d\d) \| `(\w+)…(\w+)` \| (\d) \| .* \| `(\w+)`", PAGE.read_text())
    said = []
    for play in example.plays:
        if play.prize is not None:
            number = next(numbers_of(bytes.fromhex(example.secret), play.play))
            digits = f"{number:064x}"
            said.append((play.play[-2:], digits[:8], digits[-8:], str(number % 4), play.outcome))
    assert rows == said


def test_the_page_says_which_remainders_draw_what() -> None:
    page = PAGE.read_text()
    terms = InstantWinTerms.model_validate_json(page.split("```json\n")[1].partition("```")[0])
    names = {**{place: prize.name.en.lower() for place, prize in enumerate(terms.prizes)}, None: "nothing"}
    for first, last, name in re.findall(r"\| (\d+) to (\d+) \| (.*) \|", page):
        assert {names[prize_at(chance, terms)] for chance in range(int(first), int(last) + 1)} == {name}
