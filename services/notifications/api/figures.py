"""How many messages there are, and how they fared."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Transaction, TransactionRoute
from services.notifications.domain.message import Kind, State
from services.notifications.queries.figures import message_figures

router = APIRouter(route_class=TransactionRoute, tags=["Messages"])


class MessageCount(BaseModel):
    """The number of messages of one kind in one state."""

    kind: Kind
    state: State
    messages: int


class MessageFigures(BaseModel):
    """All of a tenant's messages, counted."""

    object: Literal["message_figures"] = "message_figures"
    total: int
    counts: list[MessageCount]


@router.get("/v1/messages/figures", dependencies=[needs("messages:read")], responses=problems())
def get_figures(db: Transaction, caller: CurrentCaller) -> MessageFigures:
    """Count the messages by what they tell and how far they have come."""
    figures = message_figures(db, caller.tenant_id)
    return MessageFigures(
        total=sum(figure.messages for figure in figures),
        counts=[MessageCount(kind=figure.kind, state=figure.state, messages=figure.messages) for figure in figures],
    )
