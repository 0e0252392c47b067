"""What this service's tables are described in."""

from sqlalchemy.orm import DeclarativeBase

from chassis.data.tables import COLUMN_TYPES, service_metadata


class Base(DeclarativeBase):
    """A row of the customers database."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES
