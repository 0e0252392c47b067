"""What a message is about, and how far it has come."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message tells. An event makes at most one message."""

    WELCOME = "welcome"
    PURCHASE = "purchase"
    RETURN = "return"
    ACTIVITY = "activity"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    REDEMPTION = "redemption"
    DRAW = "draw"
    INSTANT_WIN = "instant_win"
    EXPIRING = "expiring"
    EXPIRY = "expiry"
    FAMILY = "family"
    REFERRAL = "referral"
    LEADERBOARD = "leaderboard"
    AWARD = "award"
    MEMBERSHIP = "membership"
    TIER = "tier"


class State(StrEnum):
    """How far the e-mail of a message has come. The customer's inbox shows the message in every state.

    `sending` is recorded before the mail server is spoken to, so that no crash can send twice; what stays there becomes
    `unknown`, which is reported and never sent again by itself. `suppressed` was rebuilt by a replay.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED_NO_CONSENT = "refused_no_consent"
    NO_ADDRESS = "no_address"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
