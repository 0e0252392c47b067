"""The page of complaints names tests that are there, and every test that is named after a complaint."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/complaints.md").read_text()
PROOFS = re.findall(r"\[(tests/[\w/]+\.py)\]\(\.\./\1\) `(test_\w+)` \|$", PAGE, re.MULTILINE)


def names_in(file: str) -> set[str]:
    """The names of a file's tests."""
    return {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_complaint_has_its_proof() -> None:
    complaints = [row for row in PAGE.splitlines() if row.startswith("| ")][2:]
    assert len(complaints) == len(PROOFS) > 30
    assert [proof for proof in PROOFS if proof[1] not in names_in(proof[0])] == []


def test_every_story_of_a_complaint_is_on_the_page() -> None:
    stories = {name for name in names_in("tests/scenarios/test_known_pains.py") if name.startswith("test_")}
    assert stories <= {name for _file, name in PROOFS}
