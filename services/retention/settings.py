"""What retention can be told from outside."""

from chassis.settings import Settings


class RetentionSettings(Settings):
    """The shared settings, on retention's own port."""

    port: int = 8104
