"""What every test can ask for. Tests marked `system` start whole systems, and run one after the other."""

pytest_plugins = ["tests.support.databases", "tests.support.brokers"]
