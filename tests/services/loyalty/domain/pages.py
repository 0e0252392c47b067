"""The documents that the pages about the rules show."""

import json
import re
from pathlib import Path

from services.loyalty.domain.program import ProgramDocument

RULES = Path(__file__).parents[4] / "docs/rules"


def page_document(page: str) -> ProgramDocument:
    """The program that a page's examples are about."""
    (only,) = page_documents(page)
    return only


def page_documents(page: str) -> list[ProgramDocument]:
    """The programs that a page's examples are about, in their order."""
    blocks = re.findall(r"```json\n(\{\"currency.*?)```", (RULES / f"{page}.md").read_text(), re.DOTALL)
    return [ProgramDocument.model_validate(json.loads(block)) for block in blocks]
