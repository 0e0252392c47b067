"""A proof that is not as it was promised is found, wherever it was touched."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.loyalty.domain.draw_proof import DrawProof, faults_of, hash_after
from services.loyalty.domain.draw_seal import entrant_of
from tests.services.loyalty.domain.draws import drawn, entrant, holds
from tests.services.loyalty.domain.pages import RULES

EXAMPLE = RULES / "draws-example.json"
LINES = [("amal", 3), ("badr", 1), ("dana", 2), ("amal", -1)]
OTHER = "f" * 64


def proof(**more: Any) -> DrawProof:
    return drawn(LINES, seed=b"s" * 32, **{"alternates": 1, **more})


def touched(path: str, value: Any) -> DrawProof:
    """The example with one thing changed. The path names keys and places."""
    document = json.loads(EXAMPLE.read_text())
    *way, last = path.split(".")
    part = document
    for key in way:
        part = part[int(key)] if key.isdecimal() else part[key]
    part[int(last) if last.isdecimal() else last] = value
    return DrawProof.model_validate(document)


def test_a_sound_proof_has_no_faults() -> None:
    assert list(faults_of(proof())) == []
    assert list(faults_of(drawn([]))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("seed", "0" * 64),
        ("commitment", OTHER),
        ("beacon", "another"),
        ("beacon", None),
        ("entries_hash", OTHER),
        ("draw_id", "drw_2"),
        ("lines.0.1", 2),
        ("lines.1.0", OTHER),
        ("lines", []),
        ("picks.0.entrant", OTHER),
        ("picks.0.ticket", 0),
        ("picks", []),
        ("picks.0.slot", None),
        ("picks.1.status", "won"),
        ("picks.0.reason", "declined"),
        ("picks.0.status", "passed_over"),
        ("terms", "{}"),
    ],
)
def test_whatever_is_touched_is_found(path: str, value: Any) -> None:
    assert list(faults_of(DrawProof.model_validate_json(EXAMPLE.read_text()))) == []
    assert list(faults_of(touched(path, value)))


def test_other_terms_and_another_order_are_found() -> None:
    document = json.loads(EXAMPLE.read_text())
    better = {**document, "terms": document["terms"].replace('"alternates":1', '"alternates":0')}
    swapped = {**document, "lines": [document["lines"][1], document["lines"][0], *document["lines"][2:]]}
    for changed in (better, swapped):
        assert list(faults_of(DrawProof.model_validate(changed)))


def test_lines_that_take_more_than_there_is() -> None:
    assert list(faults_of(drawn([("amal", 1), ("badr", 2), ("amal", -2)])))
    assert list(faults_of(drawn([("amal", 0)])))


def turns(*turns: tuple[int | None, str, str | None], prizes: int = 1) -> list[str]:
    """The faults of a draw with three entrants whose picks stand like that: slot, status, reason."""
    made = drawn([("amal", 1), ("badr", 1), ("dana", 1)], prizes=[_prize(prizes)], alternates=3 - prizes)
    names = ("slot", "status", "reason")
    picks = [
        pick.model_copy(update=dict(zip(names, turn, strict=True)))
        for pick, turn in zip(made.picks, turns, strict=True)
    ]
    return list(faults_of(made.model_copy(update={"picks": picks})))


def _prize(count: int) -> dict[str, Any]:
    return {"name": {"en": "A bag", "ar": "حقيبة"}, "count": count}


WON, WAITS, PASSED = (0, "won", None), (None, "waiting", None), (0, "passed_over", "unclaimed")


def test_a_prize_goes_to_the_next_in_line() -> None:
    assert turns(WON, WAITS, WAITS) == []
    assert turns(PASSED, WON, WAITS) == []
    assert turns(PASSED, PASSED, (0, "claimed", None)) == []
    assert turns(PASSED, PASSED, PASSED) == []
    assert turns((0, "won", None), (1, "passed_over", "blocked"), (1, "handed_over", None), prizes=2) == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param((PASSED, WAITS, WON), id="out of turn"),
        pytest.param((WON, WON, WAITS), id="twice"),
        pytest.param((PASSED, WAITS, WAITS), id="to nobody"),
        pytest.param((WAITS, WAITS, WAITS), id="not at all"),
        pytest.param((WON, (1, "won", None), WAITS), id="one that is not there"),
    ],
)
def test_a_prize_that_went_astray_is_found(wrong: Any) -> None:
    assert turns(*wrong)


def test_before_the_reveal_there_is_nobody_to_find() -> None:
    sealed = proof().model_copy(update={"seed": None, "picks": []})
    assert list(faults_of(sealed)) == []
    assert list(faults_of(proof().model_copy(update={"seed": None})))


def test_a_head_that_was_noted_down_can_be_found_again() -> None:
    made = proof()
    assert hash_after(made, 4).hex() == made.entries_hash
    longer = drawn([*LINES, ("evil", 9)], seed=b"s" * 32, alternates=1)
    assert hash_after(longer, 4).hex() == made.entries_hash
    slipped_in = drawn([("evil", 9), *LINES], seed=b"s" * 32, alternates=1)
    assert hash_after(slipped_in, 4).hex() != made.entries_hash


def test_a_customer_finds_their_line() -> None:
    named = entrant_of("drw_01k6summer0000000000000000", "cus_amal", bytes([1]) * 16)
    assert named == json.loads(EXAMPLE.read_text())["lines"][0][0]
    assert named != entrant_of("drw_01k6summer0000000000000000", "cus_amal", bytes([2]) * 16)
    assert named != entrant("cus_amal")


def run_page(file: Path) -> int:
    """Run what the page shows on a file."""
    (shown,) = (RULES / "draws.md").read_text().split("```python\n")[1:]
    script = file.with_suffix(".py")
    script.write_text(shown.partition("```")[0])
    return subprocess.run([sys.executable, script, file], capture_output=True, timeout=30).returncode


def test_the_page_checks_its_example(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text(EXAMPLE.read_text())
    assert run_page(file) == 0
    assert holds(json.loads(EXAMPLE.read_text()))


@pytest.mark.parametrize(("path", "value"), [("seed", "0" * 64), ("lines.0.1", 4), ("picks.0.ticket", 1)])
def test_the_page_and_the_other_check_find_what_was_touched(tmp_path: Path, path: str, value: Any) -> None:
    file = tmp_path / "proof.json"
    file.write_text(touched(path, value).model_dump_json())
    assert run_page(file) == 1
    assert not holds(json.loads(file.read_text()))


def test_the_page_says_the_numbers_of_its_example() -> None:
    page, example = (RULES / "draws.md").read_text(), DrawProof.model_validate_json(EXAMPLE.read_text())
    links = [hash_after(example, lines).hex() for lines in range(5)]
    assert f"`{links[0][:8]}…{links[0][-8:]}`" in page
    assert ", ".join(f"`{link[:8]}…{link[-6:]}`" for link in links[1:]) in page
    assert f"`{example.lines[0].entrant[:8]}…{example.lines[0].entrant[-6:]}`" in page
