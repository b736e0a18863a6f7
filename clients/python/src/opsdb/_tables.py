"""Rows as a table: of pandas or astropy where they are installed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Literal

from .errors import OpsError

Form = Literal["pandas", "astropy", "list"]
Rows = list[dict[str, Any]]


def shaped(rows: Rows, form: Form | None) -> Any:
    """The rows in a form; without one in the first that is installed."""
    if form is None:
        form = next((known for known in ("pandas", "astropy") if find_spec(known)), "list")
    if form not in _FORMS:
        raise OpsError(f"{form!r} is no form of a table: pandas, astropy or list")
    return _FORMS[form](rows)


def _pandas(rows: Rows) -> Any:
    import pandas

    frame = pandas.DataFrame(rows)
    for name in _times(rows):
        frame[name] = pandas.to_datetime(frame[name], utc=True, format="ISO8601")
    return frame


def _astropy(rows: Rows) -> Any:
    from astropy.table import MaskedColumn, Table
    from astropy.time import Time

    table = Table()
    for name in rows[0] if rows else ():
        values = [row.get(name) for row in rows]
        if name in _times(rows) and all(values):
            table[name] = Time([str(value).removesuffix("Z") for value in values], format="isot", scale="utc")
        elif any(isinstance(value, (dict, list)) for value in values):
            table[name] = MaskedColumn(values, dtype=object)
        else:
            filler = next((value for value in values if value is not None), "")
            mask = [value is None for value in values]
            table[name] = MaskedColumn([filler if value is None else value for value in values], mask=mask)
    return table


def _times(rows: Rows) -> list[str]:
    """The columns that hold times, by the names that the API gives them."""
    return [name for name in (rows[0] if rows else ()) if name.endswith(("_time", "_at"))]


_FORMS: dict[str, Callable[[Rows], Any]] = {"pandas": _pandas, "astropy": _astropy, "list": lambda rows: rows}
