"""Many records in one write of which the server refuses some: these, and a write of all others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from .spool import Write

_ITEM = re.compile(r"/(\d+)(?=/|$)")


def split(write: Write, problem: Mapping[str, Any]) -> tuple[list[Write], Write] | None:
    """The refused records, each as a write of its own with its problem, and the write of the others, in their order.
    None when the problem does not point at some of them alone. Their keys follow from that of the write.
    """
    wrong = _pointed_at(write, problem)
    rest = [index for index in range(len(write.body)) if index not in wrong] if wrong else []
    if not rest:
        return None
    aside = [
        replace(_part(write, [index]), refusal=_alone(problem, write.body[index], errors))
        for index, errors in sorted(wrong.items())
    ]
    return aside, _part(write, rest)


def keys(write: Write) -> list[str]:
    """The keys of its records, should they be refused."""
    return [_key(write, [index]) for index in range(len(write.body))] if _many(write) else []


def belongs(write: Write, whole: Write) -> bool:
    """Whether a write is another one, or what is left of it, however often it was split."""
    if write.key == whole.key:
        return True
    same = (write.operation, write.method, write.path) == (whole.operation, whole.method, whole.path)
    return same and _many(whole) and bool(write.ids) and set(write.ids) < set(whole.ids)


def _many(write: Write) -> bool:
    return isinstance(write.body, list) and len(write.body) > 1


def _pointed_at(write: Write, problem: Mapping[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """What is wrong with single records, as if they had been sent alone; nothing when it is not with them alone."""
    wrong: dict[int, list[dict[str, Any]]] = {}
    if not _many(write) or problem.get("status") not in (409, 422):
        return wrong
    for error in problem.get("errors", []):
        item = _ITEM.match(error["pointer"])
        if item is None or int(item[1]) >= len(write.body):
            return {}
        alone = {**error, "pointer": "/0" + error["pointer"][item.end() :]}
        wrong.setdefault(int(item[1]), []).append(alone)
    return wrong


def _alone(problem: Mapping[str, Any], item: Mapping[str, Any], errors: list[dict[str, Any]]) -> dict[str, Any]:
    """The problem of one record: a conflict shows both versions of one only."""
    shown = (problem.get("requested") or {}).get("id") == item.get("id")
    kept = {name: value for name, value in problem.items() if shown or name not in ("recorded", "requested")}
    return {**kept, "errors": errors}


def _part(write: Write, indexes: list[int]) -> Write:
    """Some of the records, with what they are about."""
    items = [write.body[index] for index in indexes]
    said = {value for item in items for value in item.values() if isinstance(value, str)}
    ids, makes, needs = (tuple(id for id in of if id in said) for of in (write.ids, write.makes, write.needs))
    return replace(write, key=_key(write, indexes), body=items, ids=ids, makes=makes, needs=needs)


def _key(write: Write, indexes: Iterable[int]) -> str:
    return str(uuid5(UUID(write.key), ",".join(map(str, indexes))))
