"""The metadata of the access database."""

from sqlalchemy.orm import DeclarativeBase

from chassis.data.tables import COLUMN_TYPES, service_metadata


class Base(DeclarativeBase):
    """Common to all rows of the gateway."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES
