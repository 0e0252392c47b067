"""The README says the same to those who read Arabic."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def commands(page: str) -> list[str]:
    """What a reader of the page pastes into a shell."""
    blocks = re.findall(r"```(\w*)\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    return [block for language, block in blocks if language in ("", "sh")]


def test_both_readmes_have_the_same_commands() -> None:
    assert len(commands("README.md")) == 2
    assert commands("README.ar.md") == commands("README.md")
