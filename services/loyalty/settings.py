"""What loyalty can be told from outside."""

from pydantic import SecretStr

from chassis.settings import Settings


class LoyaltySettings(Settings):
    """The shared settings, on loyalty's own port.

    From `offline_secret` follow the keys that sign offline allowances (the internal token, when none is set); keys of
    `offline_secret_before` stay known to tills until the allowances they signed are over.
    """

    port: int = 8102
    offline_secret: SecretStr | None = None
    offline_secret_before: SecretStr | None = None
