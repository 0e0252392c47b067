"""One business in a running system, told as what its customers and staff do."""

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import time_machine

from chassis.jobs import run_for_one
from contracts.scopes import SCOPES
from gateway.operations.create_api_key import create_api_key
from gateway.operations.create_tenant import create_tenant
from kernel.clock import utc_now
from kernel.ids import TenantId, new_id
from services.loyalty.schedules import JOBS as LOYALTY_JOBS
from tests.scenarios.house import House

RIYADH = ZoneInfo("Asia/Riyadh")
CURRENCY = "SAR"


@dataclass
class Person:
    """A customer, and where their mail goes."""

    id: str
    email: str


def line(sku: str, *, price: int, quantity: int = 1, category: str = "food") -> dict[str, Any]:
    """A line of a basket; the price is one unit's, in halalas."""
    return {"sku": sku, "name": sku.title(), "categories": [category], "quantity": quantity, "unit_price": price}


def rule(kind: str, name: str, **what: Any) -> dict[str, Any]:
    """A rule of a program, called the same in both languages."""
    return {"kind": kind, "id": name, "name": {"en": name, "ar": name}, **what}


class Refused(AssertionError):
    """The API refused what the story expected to work; `problem` says why."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass
class Story:
    """A café in Riyadh. Times are by its clock; amounts are in halalas."""

    house: House
    tenant_id: TenantId
    client: httpx.Client
    clock: time_machine.travel | None = None
    numbers: Any = field(default_factory=lambda: count(1))

    def on(self, moment: str) -> "Story":
        """It is now that moment in Riyadh, and stays so."""
        self.back_to_the_present()
        self.clock = time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=RIYADH), tick=False)
        self.clock.start()
        return self

    def back_to_the_present(self) -> None:
        """Let the clock be what it is."""
        if self.clock is not None:
            self.clock.stop()
            self.clock = None

    def program(self, *rules: dict[str, Any], **terms: Any) -> None:
        """Publish a program with these rules."""
        document = {"currency": CURRENCY, "time_zone": RIYADH.key, "rules": list(rules), **terms}
        program = self.ask("POST", "/v1/programs", {"name": "Café", "document": document})
        self.ask("POST", f"/v1/programs/{program['id']}/versions/1/publish")

    def customer(self, name: str, language: str = "en") -> Person:
        """Somebody becomes a customer, and all services have heard of them."""
        email = f"customer-{new_id('cus')}@example.com"
        wish = {"name": name, "language": language, "email": email}
        person = Person(self.ask("POST", "/v1/customers", wish)["id"], email)
        self.house.carry_events(self.tenant_id)
        return person

    def basket(self, who: Person | None, *lines: dict[str, Any], codes: tuple[str, ...] = ()) -> dict[str, Any]:
        """A basket at the till now, under a receipt of its own."""
        return {
            "customer_id": who.id if who else None,
            "store_id": "riyadh-1",
            "external_id": f"R-{next(self.numbers)}",
            "occurred_at": utc_now().isoformat(),
            "currency": CURRENCY,
            "lines": list(lines),
            "codes": list(codes),
        }

    def quotes(self, basket: dict[str, Any]) -> dict[str, Any]:
        """What a basket would cost and bring."""
        return self.ask("POST", "/v1/quotes", basket)

    def buys(self, who: Person | None, *lines: dict[str, Any], codes: tuple[str, ...] = ()) -> dict[str, Any]:
        """Somebody buys; returns the purchase."""
        return self.ask("POST", "/v1/purchases", self.basket(who, *lines, codes=codes))

    def brings_back(self, purchase: dict[str, Any], **units: int) -> dict[str, Any]:
        """Units of lines come back, as `line_0=1`; everything when none are named. Returns the return."""
        lines = [{"line": int(name.removeprefix("line_")), "quantity": quantity} for name, quantity in units.items()]
        return self.ask("POST", f"/v1/purchases/{purchase['id']}/returns", {"lines": lines} if lines else {})

    def of(self, who: Person, what: str) -> dict[str, Any]:
        """What the API shows below a customer: `balance`, `statement`, `vouchers`, …"""
        return self.ask("GET", f"/v1/customers/{who.id}/{what}")

    def events_arrive(self) -> None:
        """All events arrive, and all mail is sent."""
        self.house.carry_events(self.tenant_id)
        self.house.send_mail()

    def nightly_jobs_run(self) -> None:
        """Loyalty does what the clock says is due."""
        for job in LOYALTY_JOBS:
            run_for_one(self.house.database("loyalty"), job, self.tenant_id, utc_now())

    def mail(self, who: Person) -> list[EmailMessage]:
        """What a customer found in their mailbox, the oldest first."""
        return [email for email in self.house.mailbox.emails if who.email in str(email["to"])]

    def ask(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        """What the API answers. Raises Refused."""
        headers = {"idempotency-key": f"story-{next(self.numbers)}"} if method == "POST" else {}
        answer = self.client.request(method, path, json=content, headers=headers)
        if answer.is_error:
            raise Refused(answer.json())
        answered: dict[str, Any] = answer.json()
        return answered


def open_story(house: House) -> Story:
    """A new business."""
    with house.database("gateway").transaction() as db:
        tenant = create_tenant(
            db, name="مقهى الوفاء", livemode=False, currency=CURRENCY, time_zone=RIYADH.key, at=utc_now()
        )
        _, key = create_api_key(db, tenant_id=TenantId(tenant.tenant_id), scopes=SCOPES, name="till", at=utc_now())
    client = httpx.Client(base_url=house.url, headers={"authorization": f"Bearer {key}"}, timeout=20)
    return Story(house, TenantId(tenant.tenant_id), client)


def text_of(email: EmailMessage, kind: str = "plain") -> str:
    """What an e-mail says: its plain text, or its HTML."""
    body = email.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def kinds(effects: list[dict[str, Any]]) -> list[str]:
    """The kinds of effects, in order."""
    return [effect["kind"] for effect in effects]


def the(kind: str, effects: list[dict[str, Any]]) -> dict[str, Any]:
    """The one effect of that kind."""
    (found,) = [effect for effect in effects if effect["kind"] == kind]
    return found
