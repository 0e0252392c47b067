"""Messages become e-mails: once, with consent, in the reader's language; and the truth about each is kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import text

from chassis.data.database import Database
from chassis.web.internal_client import InternalClient
from kernel.ids import CustomerId, TenantId, new_id
from services.notifications.domain.isolation import isolated
from services.notifications.domain.outcome import Outcome
from services.notifications.operations import deliver_message as deliver_message_file
from services.notifications.operations.deliver_message import Post, deliver_message
from services.notifications.operations.report_lost_messages import report_lost_messages
from services.notifications.operations.send_email import MailServer, send_email
from services.notifications.tables import MessageRow
from tests.services.notifications.conftest import NOW
from tests.services.notifications.mailbox import Mailbox, body, closed_port
from tests.services.notifications.people import People
from tests.services.notifications.telling import (
    bought,
    created,
    membership,
    messages,
    points,
    published,
    stamps,
    tell,
    voucher,
)


@pytest.fixture
def sara(people: People, bakery: TenantId) -> CustomerId:
    """Someone who reads Arabic and has an address."""
    return people.create(bakery, name="سارة", email="sara@example.com", language="ar")


def deliver(database: Database, post: Post, tenant_id: TenantId, at: datetime = NOW) -> MessageRow:
    """Deliver the one message there is, and look at it again."""
    deliver_message(database, post, tenant_id, at=at)
    [message] = messages(database, tenant_id)
    return message


def test_an_arabic_email_reads_from_right_to_left(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    tell(database, bought(bakery, sara, membership(), voucher(), points(35), stamps(on_card=4)))
    message = deliver(database, post, bakery)
    assert (message.state, message.tries, message.finished_at) == ("sent", 1, NOW)
    [email] = mailbox.emails
    assert mailbox.recipients == ["sara@example.com"]
    assert email["Subject"] == f"مُدِّدت عضويتك {isolated('الذهبية')}"
    assert email["From"].addresses[0].display_name == "مخبز الوفاء"
    assert email["From"].addresses[0].addr_spec == "shop@example.com"
    assert email["To"].addresses[0].addr_spec == "sara@example.com"
    assert email["Message-ID"] == f"<{message.id}@example.com>"
    assert email["Content-Language"] == "ar"
    assert email["Date"].datetime == NOW
    lines = [
        f"عضويتك {isolated('الذهبية')} سارية حتى 22 فبراير 2028.",
        "المدة المدفوعة: 12 شهرًا.",
        "هدية منا: 3 أشهر.",
        f"لك قسيمة جديدة: {isolated('قهوة مجانية')}. اعرضها من حسابك عند الدفع.",
        "أُضيف إلى رصيدك: 35 نقطة.",
        f"بقي ختمان لتكتمل بطاقتك {isolated('بطاقة القهوة')}.",
        "رصيدك الآن: 320 نقطة.",
    ]
    assert body(email, "plain").splitlines() == [
        f"مرحبًا {isolated('سارة')}،",
        "",
        *lines,
        "",
        f"تصلك هذه الرسالة لأنك من عملاء {isolated('مخبز الوفاء')}.",
    ]
    page = body(email, "html")
    assert '<html lang="ar" dir="rtl">' in page
    assert all(line in page for line in lines)


def test_what_became_of_a_message_is_told_without_personal_data(
    database: Database, bakery: TenantId, post: Post, sara: CustomerId
) -> None:
    tell(database, created(bakery, sara))
    message = deliver(database, post, bakery)
    [(event_type, data)] = published(database, bakery)
    assert event_type == "notifications.message_sent.v1"
    assert message.id in data
    with database.transaction(bakery) as db:
        stored = " ".join(
            str(row)
            for table in ("messages", "outbox", "customers")
            for row in db.execute(text(f"SELECT * FROM {table}"))
        )
    assert "sara@example.com" not in stored
    assert "سارة" not in stored


def test_consent_counts_at_the_moment_of_sending(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, people: People, sara: CustomerId
) -> None:
    tell(database, bought(bakery, sara, points(35)))
    people.withdraw_consent(bakery, sara)
    message = deliver(database, post, bakery)
    assert (message.state, message.reason, message.due_at) == ("refused_no_consent", "forbidden", None)
    assert mailbox.emails == []
    assert published(database, bakery) == []


@pytest.mark.parametrize(
    ("known", "reason"),
    [pytest.param(True, None, id="without an address"), pytest.param(False, "customer_gone", id="unknown")],
)
def test_nobody_to_write_to(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, people: People, known: bool, reason: str | None
) -> None:
    tell(database, created(bakery, people.create(bakery) if known else CustomerId(new_id("cus"))))
    message = deliver(database, post, bakery)
    assert (message.state, message.reason) == ("no_address", reason)
    assert mailbox.emails == []


def test_what_was_refused_for_now_goes_out_later(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    mailbox.to_recipient = "451 greylisted"
    tell(database, created(bakery, sara))
    deliver(database, post, bakery)
    mailbox.to_recipient = "250 OK"
    assert deliver_message(database, post, bakery, at=NOW + timedelta(seconds=4)) is None
    message = deliver(database, post, bakery, at=NOW + timedelta(seconds=5))
    assert (message.state, message.tries, message.reason) == ("sent", 2, None)
    assert len(mailbox.emails) == 1


def test_a_mail_server_that_is_away_is_tried_again(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    tell(database, created(bakery, sara))
    away = replace(post, mail_server=MailServer("127.0.0.1", closed_port(), "shop@example.com"))
    outcome = deliver_message(database, away, bakery, at=NOW)
    assert outcome is not None
    assert not outcome.reachable
    [message] = messages(database, bakery)
    assert (message.state, message.reason) == ("queued", "mail_server_unreachable")
    assert deliver(database, post, bakery, at=NOW + timedelta(seconds=5)).state == "sent"
    assert len(mailbox.emails) == 1


def test_a_customers_service_that_is_away_sends_nothing(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    tell(database, created(bakery, sara))
    away = InternalClient(database.settings, f"http://127.0.0.1:{closed_port()}")
    outcome = deliver_message(database, replace(post, customers=away), bakery, at=NOW)
    away.close()
    assert outcome is not None
    assert not outcome.reachable
    [message] = messages(database, bakery)
    assert (message.state, message.reason) == ("queued", "customers_unreachable")
    assert mailbox.emails == []


def test_a_connection_that_breaks_after_the_content_is_reported_and_not_tried_again(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    mailbox.cuts_off = True
    tell(database, created(bakery, sara))
    message = deliver(database, post, bakery)
    assert (message.state, message.reason) == ("unknown", "cut_off")
    assert deliver_message(database, post, bakery, at=NOW + timedelta(days=1)) is None
    assert len(mailbox.emails) == 1
    [(event_type, data)] = published(database, bakery)
    assert event_type == "notifications.message_failed.v1"
    assert '"lost":true' in data


class PowerCut(BaseException):
    """The process is gone: nothing that would tidy up runs on purpose."""


@pytest.fixture
def power_cut(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The sender dies between its claim and the mail server."""

    def die(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(deliver_message_file, "send_email", die)
        yield


@pytest.mark.usefixtures("power_cut")
def test_a_sender_that_dies_after_its_claim_leaves_a_message_nobody_sends(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    tell(database, created(bakery, sara))
    with pytest.raises(PowerCut):
        deliver_message(database, post, bakery, at=NOW)
    [message] = messages(database, bakery)
    assert (message.state, message.claimed_at) == ("sending", NOW)
    assert deliver_message(database, post, bakery, at=NOW + timedelta(hours=1)) is None

    with database.transaction(bakery) as db:
        assert report_lost_messages(db, bakery, at=NOW + timedelta(hours=1)) == 1
    [message] = messages(database, bakery)
    assert (message.state, message.reason) == ("unknown", "sender_died")
    assert [event_type for event_type, _ in published(database, bakery)] == ["notifications.message_failed.v1"]
    assert deliver_message(database, post, bakery, at=NOW + timedelta(hours=1)) is None
    assert mailbox.emails == []


def test_a_late_answer_of_the_mail_server_still_counts(
    database: Database,
    bakery: TenantId,
    post: Post,
    mailbox: Mailbox,
    sara: CustomerId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell(database, created(bakery, sara))

    def send_late(server: MailServer, email: EmailMessage) -> Outcome:
        with database.transaction(bakery) as db:
            assert report_lost_messages(db, bakery, at=NOW + timedelta(minutes=4)) == 1
        return send_email(server, email)

    monkeypatch.setattr(deliver_message_file, "send_email", send_late)
    assert deliver(database, post, bakery).state == "sent"
    assert len(mailbox.emails) == 1
    assert [event_type for event_type, _ in published(database, bakery)] == [
        "notifications.message_failed.v1",
        "notifications.message_sent.v1",
    ]


def test_a_message_that_cannot_be_rendered_does_not_hold_up_the_others(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    broken = tell(database, created(bakery, sara)).replace("evt_", "msg_")
    with database.transaction(bakery) as db:
        db.execute(text('UPDATE messages SET parts = \'[{"kind": "unheard_of"}]\''))
    tell(database, bought(bakery, sara, points(35)))
    deliver_message(database, post, bakery, at=NOW)
    deliver_message(database, post, bakery, at=NOW)
    assert {message.id == broken: message.state for message in messages(database, bakery)} == {
        True: "failed",
        False: "sent",
    }
    assert len(mailbox.emails) == 1


def test_two_senders_at_once_send_each_message_once(
    database: Database, bakery: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    for _ in range(30):
        tell(database, bought(bakery, sara, points(35)))

    def sender(server: MailServer) -> int:
        sent = 0
        while deliver_message(database, replace(post, mail_server=server), bakery, at=NOW):
            sent += 1
        server.disconnect()
        return sent

    servers = [MailServer(post.mail_server.host, post.mail_server.port, "shop@example.com") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(sender, servers))
    assert sum(sent) == 30
    assert all(sent), "both had something to do"
    ids = [email["Message-ID"] for email in mailbox.emails]
    assert len(ids) == len(set(ids)) == 30
    assert {message.state for message in messages(database, bakery)} == {"sent"}


def test_a_sender_takes_only_its_tenants_messages(
    database: Database, bakery: TenantId, other_tenant_id: TenantId, post: Post, mailbox: Mailbox, sara: CustomerId
) -> None:
    tell(database, created(bakery, sara))
    assert deliver_message(database, post, other_tenant_id, at=NOW) is None
    assert mailbox.emails == []
