"""The keys by which a till checks an allowance without a connection."""

import hashlib
import hmac
from functools import lru_cache
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from kernel.ids import TenantId
from services.loyalty.domain.allowance import SigningKey, text_of
from services.loyalty.settings import LoyaltySettings

router = APIRouter(prefix="/v1", tags=["offline tills"])


class OfflineKeyDocument(BaseModel):
    """A public key (Ed25519, RFC 8032), in base64url without padding. `kid` is its name in a token."""

    object: Literal["offline_key"] = "offline_key"
    kid: str
    algorithm: Literal["Ed25519"] = "Ed25519"
    public_key: str
    signs: bool = Field(description="Whether new allowances are signed with it; the others are still good.")


class OfflineKeysDocument(BaseModel):
    """All keys that a till takes, and the tenant's own id, which a token must name."""

    object: Literal["offline_keys"] = "offline_keys"
    tenant_id: str
    keys: list[OfflineKeyDocument]


@router.get("/offline_keys", dependencies=[needs("purchases:read")], responses=problems())
def read_all(request: Request, caller: CurrentCaller) -> OfflineKeysDocument:
    """Fetch them while there is a connection, once a day."""
    keys = [described(key, number == 0) for number, key in enumerate(keys_of(request, caller.tenant_id))]
    return OfflineKeysDocument(tenant_id=caller.tenant_id, keys=keys)


def described(key: SigningKey, signs: bool) -> OfflineKeyDocument:
    """A key as tills see it."""
    return OfflineKeyDocument(kid=key.kid, public_key=text_of(key.public), signs=signs)


def keys_of(request: Request, tenant_id: TenantId) -> list[SigningKey]:
    """The tenant's keys: first the one that signs."""
    settings: LoyaltySettings = request.app.state.settings
    secrets = [settings.offline_secret or settings.internal_token, settings.offline_secret_before]
    return [derived(secret.get_secret_value(), tenant_id) for secret in secrets if secret]


@lru_cache(maxsize=1024)
def derived(secret: str, tenant_id: TenantId) -> SigningKey:
    """The tenant's own key: nobody's token is another's."""
    return SigningKey(hmac.new(secret.encode(), f"offline allowances of {tenant_id}".encode(), hashlib.sha256).digest())
