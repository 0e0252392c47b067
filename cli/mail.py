"""`wafa mail`: what the embedded run's mail server received."""

from email.message import EmailMessage

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from cli.home import Home
from cli.mailbox import RECIPIENTS_HEADER, read_mail


def mail(home: Home, console: Console, *, to: str | None, last: int) -> None:
    """Print the newest messages, the newest at the end."""
    messages = read_mail(home.mail, to=to, last=last)
    if not messages:
        console.print("No mail." if to is None else f"No mail to {to}.")
    for message in messages:
        console.print(as_panel(message))


def as_panel(message: EmailMessage) -> Panel:
    """A message for the terminal: its plain text, or a word on what it holds instead."""
    body = message.get_body(preferencelist=("plain", "html"))
    content = body.get_content() if body is not None else "(no text)"
    title = Text(f"{message['date'] or ''}  {message[RECIPIENTS_HEADER]}  {message['subject']}")
    return Panel(Text(content.strip()), title=title, title_align="left")
