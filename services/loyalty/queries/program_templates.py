"""The programs a merchant can start from, as they come with Wafa."""

from functools import cache
from pathlib import Path

from services.loyalty.domain.refusals.programs import TemplateUnknown
from services.loyalty.domain.template import ProgramTemplate

FOLDER = Path(__file__).parents[1] / "templates"


@cache
def program_templates() -> tuple[ProgramTemplate, ...]:
    """All of them, by name."""
    return tuple(ProgramTemplate.model_validate_json(page.read_bytes()) for page in sorted(FOLDER.glob("*.json")))


def find_template(template_id: str) -> ProgramTemplate:
    """One of them. Raises TemplateUnknown."""
    found = next((template for template in program_templates() if template.id == template_id), None)
    if found is None:
        raise TemplateUnknown
    return found
