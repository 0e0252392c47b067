"""`wafa draw-proof`: a file is all it needs."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app

EXAMPLE = Path(__file__).parents[2] / "docs/rules/draws-example.json"
HEAD = "6f0ef749e3ff1fcabfd9006c4a27243cf5e3c63a9a14ce5e926ab46e33533aa9"


def checked(file: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["draw-proof", str(file), *options])
    return result.exit_code, " ".join(result.output.split())


def test_a_sound_file() -> None:
    code, said = checked(EXAMPLE)
    assert code == 0
    assert "3 entrants, 5 entries, 2 picked" in said


def test_a_touched_file(tmp_path: Path) -> None:
    document = json.loads(EXAMPLE.read_text())
    document["lines"][0][1] = 30
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(document))
    code, said = checked(file)
    assert code == 1
    assert "the entries are not those that were sealed" in said


def test_a_customer_finds_their_entries() -> None:
    code, said = checked(EXAMPLE, "--customer", "cus_amal", "--salt", "01" * 16)
    assert (code, "cus_amal has 3 of 5 entries" in said) == (0, True)
    code, said = checked(EXAMPLE, "--customer", "cus_eve", "--salt", "01" * 16)
    assert (code, "cus_eve is not in it" in said) == (1, True)


def test_a_head_that_was_noted_down() -> None:
    assert checked(EXAMPLE, "--head", f"2:{HEAD}")[0] == 0
    assert checked(EXAMPLE, "--head", f"1:{HEAD}")[0] == 1
    assert checked(EXAMPLE, "--head", f"9:{HEAD}")[0] == 1


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert checked(tmp_path / "none.json")[0] == 1
    assert checked(EXAMPLE, "--customer", "cus_amal", "--salt", "salt")[0] == 1
    assert checked(EXAMPLE, "--head", "noted")[0] == 1
