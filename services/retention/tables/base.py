"""What all rows of retention have in common."""

from sqlalchemy.orm import DeclarativeBase

from chassis.data.tables import COLUMN_TYPES, service_metadata


class Base(DeclarativeBase):
    """The retention database's metadata and column types."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES
