"""Structured logs: one JSON object a line, with the request's and the customer's id, and no personal data."""

import logging
import sys
from typing import Any

import orjson
import structlog

log: Any = structlog.stdlib.get_logger("wafa")


def configure_logging(level: str, process: str) -> None:
    """Send our own lines and those of libraries to standard output as JSON."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        name_process(process),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=as_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # Libraries speak up only when something is wrong: their chatter holds addresses and URLs.
    for library in ("uvicorn", "httpx", "httpcore", "kafka", "asyncio", "alembic"):
        logging.getLogger(library).setLevel(logging.WARNING)


def name_process(process: str) -> Any:
    """A processor that says which process a line comes from."""

    def add(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
        line["process"] = process
        return line

    return add


def as_json(line: dict[str, Any], **_options: Any) -> str:
    """A line as JSON text."""
    return orjson.dumps(line, default=str).decode()
