"""Values as scripts have them, and as the API takes them. Astropy and NumPy are recognised without being imported."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

Instant = Any
"""A datetime with a zone, an ISO 8601 text with a zone, or an astropy Time."""


def new_id() -> uuid.UUID:
    """A UUID of version 7: ids that are made later sort later."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    return uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def instant(value: Instant) -> datetime:
    """A time in UTC. ValueError for one without a zone, TypeError for what is no time."""
    if hasattr(value, "utc") and hasattr(value, "to_datetime"):  # astropy Time, in whatever scale
        value = value.utc.to_datetime(timezone=UTC)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no time: give a datetime, an ISO 8601 text or an astropy Time, of one instant")
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone: write {value.isoformat()}+00:00 if it is UTC")
    return value.astimezone(UTC)


def plain(value: Any) -> Any:
    """A value as JSON: times as texts, quantities with their units, arrays as lists."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, datetime) or hasattr(value, "to_datetime"):
        return instant(value).isoformat()
    if isinstance(value, (date, uuid.UUID, os.PathLike)):
        return str(value)
    if hasattr(value, "unit") and hasattr(value, "value"):  # astropy Quantity
        return {"value": plain(value.value), "unit": str(value.unit)}
    if hasattr(value, "tolist"):  # NumPy
        return plain(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    raise TypeError(f"{value!r} is nothing that can be recorded")


def argument(value: Any) -> Any:
    """A value of a query. Angles are sent in degrees and spans of time in seconds, as the API takes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "unit") and hasattr(value, "to_value"):
        number = float(value.to_value(_unit(value)))
        return int(number) if number.is_integer() else number
    if isinstance(value, (list, tuple, set, frozenset)):
        return [argument(item) for item in value]
    return plain(value)


def _unit(quantity: Any) -> str:
    for unit in ("deg", "s"):
        if quantity.unit.is_equivalent(unit):
            return unit
    raise ValueError(
        f"{quantity} is neither an angle nor a span of time: give the number in the unit that the API takes"
    )
