"""A message as an e-mail: text and HTML, in the reader's language and direction."""

from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kernel.language import Language
from services.notifications.domain.content import Content
from services.notifications.domain.isolation import isolated
from services.notifications.domain.words import Words
from services.notifications.operations.render_email import render_email
from tests.services.notifications.conftest import NOW
from tests.services.notifications.mailbox import body

CONTENT = Content("A voucher for you", ("Tea & cake.", "Use it by 31 December 2026."))


def rendered(language: Language = Language.ENGLISH, **given: Any) -> EmailMessage:
    """An e-mail to Adam, of whom only what is given is different."""
    usual: dict[str, Any] = {
        "message_id": "msg_1",
        "sender": "shop@example.com",
        "business": "Bakery",
        "recipient": "adam@example.com",
        "recipient_name": "Adam",
        "at": NOW,
    }
    return render_email(CONTENT, Words(language, ZoneInfo("Asia/Riyadh")), **{**usual, **given})


def test_who_writes_to_whom_and_when() -> None:
    email = rendered()
    [sender], [recipient] = email["From"].addresses, email["To"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Bakery", "shop@example.com")
    assert (recipient.display_name, recipient.addr_spec) == ("", "adam@example.com")
    assert (email["Subject"], email["Date"].datetime) == ("A voucher for you", NOW)
    assert email["Auto-Submitted"] == "auto-generated"


def test_a_copy_has_the_same_message_id_and_another_message_has_not() -> None:
    assert rendered()["Message-ID"] == rendered(recipient_name="Adam B.")["Message-ID"] == "<msg_1@example.com>"
    assert rendered(message_id="msg_2")["Message-ID"] == "<msg_2@example.com>"


def test_the_text_greets_tells_and_says_why() -> None:
    assert body(rendered(), "plain").splitlines() == [
        f"Hello {isolated('Adam')},",
        "",
        "Tea & cake.",
        "Use it by 31 December 2026.",
        "",
        f"You receive this message because you are a customer of {isolated('Bakery')}.",
    ]


@pytest.mark.parametrize(("language", "direction"), [(Language.ENGLISH, "ltr"), (Language.ARABIC, "rtl")])
def test_the_page_runs_in_the_readers_direction(language: Language, direction: str) -> None:
    email = rendered(language)
    assert email["Content-Language"] == language
    assert f'<html lang="{language}" dir="{direction}">' in body(email, "html")


def test_no_name_is_taken_for_markup() -> None:
    page = body(rendered(recipient_name="Adam <b>", business="Bread & <i>"), "html")
    assert f"Hello {isolated('Adam &lt;b&gt;')}," in page
    assert "<bdi>Bread &amp; &lt;i&gt;</bdi>" in page
    assert '<p style="margin:0 0 .5rem">Tea &amp; cake.</p>' in page


@pytest.mark.parametrize("name", [None, "", " \u202e\n"])
def test_a_customer_without_a_name_is_greeted_all_the_same(name: str | None) -> None:
    assert body(rendered(recipient_name=name), "plain").startswith("Hello,\n")


def test_no_name_reaches_into_the_headers() -> None:
    email = rendered(business="Bakery\r\nBcc: all@example.com", recipient_name="Adam\r\nBcc: all@example.com")
    assert email["Bcc"] is None
    assert email["From"].addresses[0].display_name == "Bakery Bcc: all@example.com"
    assert body(email, "plain").startswith(f"Hello {isolated('Adam Bcc: all@example.com')},\n")


@pytest.mark.parametrize(
    ("recipient", "ascii_only"),
    [("adam@example.com", True), ("adam@مثال.example", False), ("سارة@example.com", False)],
)
def test_every_mail_server_can_pass_it_on_unless_the_address_needs_more(recipient: str, ascii_only: bool) -> None:
    email = rendered(Language.ARABIC, business="مخبز الوفاء", recipient_name="سارة", recipient=recipient)
    assert email.as_bytes().isascii() is ascii_only
    assert email["To"].addresses[0].addr_spec == recipient
