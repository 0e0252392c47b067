"""Ready-made programs: documents to start from, with examples of what they do."""

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.web.caller import needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import TransactionRoute
from services.loyalty.domain.name import Name
from services.loyalty.domain.refusals.programs import TemplateUnknown
from services.loyalty.domain.template import ProgramTemplate
from services.loyalty.queries.program_templates import find_template, program_templates

router = APIRouter(prefix="/v1", tags=["programs"], route_class=TransactionRoute)


class TemplateSummary(BaseModel):
    """A ready-made program without its document."""

    object: str = "program_template"
    id: str
    name: Name
    summary: Name


class TemplateDetails(ProgramTemplate):
    """A ready-made program: the document to draft, the rewards beside it, and visits with what they bring."""

    object: str = "program_template"


class Templates(BaseModel):
    """All ready-made programs, on one page."""

    object: str = "list"
    data: list[TemplateSummary]
    next_cursor: str | None = None
    has_more: bool = False


@router.get("/program_templates", dependencies=[needs("programs:read")], responses=problems())
def read_all() -> Templates:
    """The programs one can start from."""
    return Templates(data=[TemplateSummary.model_validate(each, from_attributes=True) for each in program_templates()])


@router.get(
    "/program_templates/{template_id}", dependencies=[needs("programs:read")], responses=problems(TemplateUnknown)
)
def read(template_id: str) -> TemplateDetails:
    """One of them, with its document and examples."""
    return TemplateDetails.model_validate(find_template(template_id), from_attributes=True)
