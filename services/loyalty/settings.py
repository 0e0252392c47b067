"""What loyalty can be told from outside."""

from chassis.settings import Settings


class LoyaltySettings(Settings):
    """The shared settings, on loyalty's own port."""

    port: int = 8102
