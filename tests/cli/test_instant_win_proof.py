"""`wafa instant-win-proof`: a file is all it needs."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app

EXAMPLE = Path(__file__).parents[2] / "docs/rules/instant-win-example.json"
PLAY = "ply_01k6spring00000000000000"


def checked(file: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["instant-win-proof", str(file), *options])
    return result.exit_code, " ".join(result.output.split())


def test_a_sound_file() -> None:
    code, said = checked(EXAMPLE)
    assert (code, "12 plays, 2 won" in said) == (0, True)


def test_a_touched_file(tmp_path: Path) -> None:
    document = json.loads(EXAMPLE.read_text())
    document["plays"][0]["prize"] = 1
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(document))
    code, said = checked(file)
    assert (code, f"{PLAY}01 drew another prize" in said) == (1, True)


def test_a_customer_finds_their_play() -> None:
    code, said = checked(EXAMPLE, "--play", f"{PLAY}06")
    assert (code, f"{PLAY}06: out_of_stock" in said) == (0, True)
    code, said = checked(EXAMPLE, "--play", f"{PLAY}99")
    assert (code, f"{PLAY}99 is not in it" in said) == (1, True)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert checked(tmp_path / "none.json")[0] == 1
    (tmp_path / "other.json").write_text("{}")
    assert checked(tmp_path / "other.json")[0] == 1
