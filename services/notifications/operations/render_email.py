"""Render a message as an e-mail: text and HTML, in the reader's language and direction."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kernel.language import Language
from services.notifications.domain.content import Content
from services.notifications.domain.isolation import isolated, plain
from services.notifications.domain.words import Words

PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
# Seven bits pass every mail server, also one that does not announce 8BITMIME.
POLICY = SMTP.clone(cte_type="7bit")


def render_email(
    content: Content,
    words: Words,
    *,
    message_id: str,
    sender: str,
    business: str,
    recipient: str,
    recipient_name: str | None,
    at: datetime,
) -> EmailMessage:
    """The e-mail. Its Message-ID follows from the message's, so that a mailbox can tell a copy."""
    email = EmailMessage(policy=POLICY.clone(utf8=not recipient.isascii()))
    from_address = Address(plain(business), addr_spec=sender)
    email["From"] = from_address
    local, _, domain = recipient.rpartition("@")
    email["To"] = Address(username=local, domain=domain)  # addr_spec takes no letter outside ASCII
    email["Subject"] = content.title
    email["Date"] = format_datetime(at)
    email["Message-ID"] = f"<{message_id}@{from_address.domain}>"
    email["Auto-Submitted"] = "auto-generated"
    greeting = greeting_for(recipient_name, words)
    footer = words.say("email.footer", business=isolated(plain(business)))
    email.set_content("\n\n".join((greeting, "\n".join(content.lines), footer)))
    page = PAGES.get_template("email.html.jinja").render(
        language=words.language.value,
        direction="rtl" if words.language is Language.ARABIC else "ltr",
        content=content,
        business=plain(business),
        greeting=greeting,
        footer=footer,
    )
    email.add_alternative(page, subtype="html")
    # Only now: adding the alternative moves every Content- header into the first part.
    email["Content-Language"] = words.language.value
    return email


def greeting_for(name: str | None, words: Words) -> str:
    """A greeting by name, where there is one."""
    if name is None or not plain(name):
        return words.say("email.greeting_nameless")
    return words.say("email.greeting", name=isolated(plain(name)))
