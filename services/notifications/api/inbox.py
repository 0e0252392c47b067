"""What a customer was told, to read in an app."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import LIMIT_DEFAULT, InvalidCursor, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.language import Language
from services.notifications.domain.content import content_of
from services.notifications.domain.message import Kind
from services.notifications.domain.parts import PARTS
from services.notifications.domain.refusals import CustomerMissing, CustomersUnreachable, MessageMissing
from services.notifications.domain.words import Words
from services.notifications.operations.read_message import read_message
from services.notifications.queries.business import business_of
from services.notifications.queries.customer_language import customer_language
from services.notifications.queries.inbox import messages_of
from services.notifications.tables import MessageRow

router = APIRouter(route_class=TransactionRoute, tags=["Messages"])


class Message(BaseModel):
    """One message, in words."""

    object: Literal["message"] = "message"
    id: str
    customer_id: CustomerId
    kind: Kind
    title: str
    text: str = Field(description="Sentences, one on each line.")
    language: Language
    occurred_at: datetime = Field(description="When that happened of which the message tells.")
    created_at: datetime
    read_at: datetime | None = Field(description="When it was first read; null for a new one.")


def reading_words(request: Request, customer_id: CustomerId, db: Transaction, caller: CurrentCaller) -> Words:
    """The caller's language if they name one, else the customer's; days in the tenant's zone."""
    own = customer_language(db, request.app.state.customers, caller.tenant_id, customer_id)
    language = caller.language if "accept-language" in request.headers else own
    return Words(language, business_of(db, caller.tenant_id).zone)


ReadingWords = Annotated[Words, Depends(reading_words)]


@router.get(
    "/v1/customers/{customer_id}/inbox",
    dependencies=[needs("messages:read")],
    responses=problems(CustomerMissing, InvalidCursor, CustomersUnreachable),
)
def list_inbox(
    request: Request,
    customer_id: CustomerId,
    words: ReadingWords,
    db: Transaction,
    caller: CurrentCaller,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query()] = None,
) -> Page[Message]:
    """List what a customer was told, newest first.

    In the language of `Accept-Language`; without that header in the customer's own.
    """
    before = place_after(request, cursor)
    rows = messages_of(db, caller.tenant_id, customer_id, before=before, count=limit + 1)
    return page_of(request, rows, limit, lambda row: row.id, lambda row: message_of(row, words))


@router.post(
    "/v1/customers/{customer_id}/inbox/{message_id}/read",
    dependencies=[needs("messages:write")],
    responses=problems(CustomerMissing, MessageMissing, CustomersUnreachable),
)
def mark_read(
    customer_id: CustomerId,
    message_id: Annotated[str, Path(examples=["msg_01h455vb4pex5vsknk084sn02q"])],
    words: ReadingWords,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> Message:
    """Mark a message as read. The first time counts; doing it again changes nothing."""
    return message_of(read_message(db, caller.tenant_id, customer_id, message_id, at=now), words)


def message_of(row: MessageRow, words: Words) -> Message:
    """The row in words."""
    content = content_of(PARTS.validate_python(row.parts), words)
    return Message(
        id=row.id,
        customer_id=row.customer_id,
        kind=Kind(row.kind),
        title=content.title,
        text="\n".join(content.lines),
        language=words.language,
        occurred_at=row.occurred_at,
        created_at=row.created_at,
        read_at=row.read_at,
    )
