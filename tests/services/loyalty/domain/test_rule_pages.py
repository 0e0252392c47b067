"""The pages about the rules say what the rules can read."""

import json
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from services.loyalty.domain.award_batch import BatchTerms
from services.loyalty.domain.expiry import Expiry
from services.loyalty.domain.instant_win import InstantWinTerms
from services.loyalty.domain.leaderboard import LeaderboardTerms
from services.loyalty.domain.offer import Offer
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.domain.program import ProgramDocument, Rule
from services.loyalty.domain.tier import Tiers

ROOT = Path(__file__).parents[4]
PAGES = sorted((ROOT / "docs/rules").glob("*.md"))
DOMAIN = sorted((ROOT / "services/loyalty/domain").rglob("*.py"))
DOCUMENT: TypeAdapter[object] = TypeAdapter(
    ProgramDocument | Rule | Expiry | Offer | DrawTerms | InstantWinTerms | LeaderboardTerms | BatchTerms | Tiers
)


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in PAGES])
def test_every_document_on_a_page_is_valid(page: Path) -> None:
    for block in re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL):
        written = json.loads(block)
        read = DOCUMENT.validate_python(written)
        assert covers(json.loads(DOCUMENT.dump_json(read)), written)


def covers(whole: object, part: object) -> bool:
    """Whether everything that was written was read."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and covers(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(covers, whole, part))
    return whole == part or str(whole).startswith(str(part))


def test_the_first_page_uses_every_family() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs/rules/README.md").read_text(), re.DOTALL)
    used = {rule.kind for rule in ProgramDocument.model_validate_json(block).rules}
    assert used == {
        "earn",
        "buy_x_get_y",
        "bundle",
        "stamp_card",
        "membership_bonus",
        "pass",
        "discount",
        "multiplier",
        "milestone",
        "challenge",
        "activity",
        "draw_entry",
        "instant_win",
        "birthday",
        "anniversary",
    }


@pytest.mark.parametrize("module", [pytest.param(module, id=module.stem) for module in DOMAIN])
def test_the_sources_a_module_names_exist(module: Path) -> None:
    for source in re.findall(r"docs/[\w/-]+\.md", module.read_text()):
        assert (ROOT / source).is_file(), source
