"""What Schemathesis must know of opsdb beyond its document: which refusals conform, and how to leave the run alive.

The test that starts the run describes it in OPSDB_CONTRACT: JSON with the "user_id" and "token_id" of its token, with
"cut", which says whether the site is cut off from the main database, with "records", ids that references can have,
and with "paths", ids for the paths of some operations.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import uuid
import zlib
from urllib.parse import quote

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import Failure
from schemathesis.core.jsonschema import make_validator
from schemathesis.generation.meta import TestPhase

RUN = json.loads(os.environ["OPSDB_CONTRACT"])

# What a server makes and a client only sends back: nobody can guess it.
OPAQUE = {"query": ("cursor", "epoch"), "headers": ("Ops-Position", "If-Match", "If-None-Match", "Last-Event-ID")}

# What the server says when its validation against the document refuses; rules beyond the document have words of their own.
MISMATCH = "The request does not match the document."

# Operations that could take away what the run itself asks with, and the ids they must not be sent to.
OWN = {"revokeToken", "rotateToken", "updateUser"}

# The formats of the document: its own, and times as it describes them.
TIMES = st.datetimes(datetime.datetime(1971, 1, 1), datetime.datetime(2199, 12, 30), timezones=st.just(datetime.UTC))
schemathesis.openapi.format("date-time", TIMES.map(lambda t: t.isoformat().replace("+00:00", "Z")))
schemathesis.openapi.format("date", TIMES.map(lambda t: t.date().isoformat()))
schemathesis.openapi.format(
    "path", st.from_regex(r"[a-zA-Z0-9 _\-é漢][\w.\-]{0,20}(/[\w\-][\w.\-]{0,20}){0,4}", fullmatch=True)
)
schemathesis.openapi.format(
    "wait-time", st.integers(0, 2000).map("{}ms".format) | st.sampled_from(["0", "0.5", "1s", "1.5s"])
)

count = itertools.count(1)


def definition(case):
    return case.operation.definition.raw


def problem(response):
    """The problem that a response is; empty for all else."""
    if response.headers.get("content-type", [""])[0].split(";")[0] != "application/problem+json":
        return {}
    return json.loads(response.content)


def matches(case):
    """Whether it is what the document asks for: the coverage phase overlooks minProperties and maxProperties."""
    if None in (case.path_parameters or {}).values():
        return False  # it follows an id that is null in an answer
    for body in case.operation.body:
        if body.media_type == case.media_type:
            return make_validator(body.validation_schema, body.adapter.jsonschema_validator_cls).is_valid(case.body)
    return True


def fail(case, title, message):
    raise Failure(operation=case.operation.label, title=title, message=message)


def spared(value):
    """One of four stays as it was made up. A value decides for itself, so that a run can be repeated."""
    return zlib.crc32(str(value).encode()) % 4 == 0


def known(value, name=""):
    """The value with references to what there is: records have small numbers, and the test has made those of the examples."""
    if isinstance(value, dict):
        return {key: known(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item, name) for item in value]
    if type(value) is int and value > 1000 and (name == "id" or name.endswith("_id")) and not spared(value):
        return 1 + value % 6
    if name in RUN["records"] and isinstance(value, str) and not spared(value):
        return RUN["records"][name]
    return value


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Say in other words what Schemathesis mistakes: with a greatest length it takes "^[^/]" for no slash anywhere, and would
    throw away every path that has more than one part."""
    path = raw_schema["components"]["schemas"]["Path"]
    assert path["pattern"] == "^[^/]"
    path["pattern"] = "^(?!/)"


@schemathesis.hook
def map_case(context, case):
    """Lead most requests past what cannot be made up: values that a server has made, and ids of records."""
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return case
    operation, path = definition(case)["operationId"], case.path_parameters or {}
    if "wait" in (case.query or {}) and "timeout" not in case.query:
        case.query["timeout"] = "0.1"  # 10 s without it, and what is cut off waits for nothing
    chained = case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL
    if operation in RUN["paths"] and not chained and not spared(path.get("id")):
        case.path_parameters = {**path, "id": RUN["paths"][operation]}
    for container in ("body", "path_parameters"):
        values = getattr(case, container)
        if (better := known(values)) != values:
            setattr(case, container, better)
    for container, names in OPAQUE.items():
        values = getattr(case, container) or {}
        for name in names:
            if name in values and not spared(values[name]):
                del values[name]
    return case


@schemathesis.hook
def filter_case(context, case):
    """Leave out what arrives as something else, headers between blanks, and what is not read at all: the document says that
    address and headers have at most 16 KiB."""
    headers = [str(value) for value in (case.headers or {}).values()]
    address = [quote(str(value)) for values in (case.path_parameters, case.query) for value in (values or {}).values()]
    return all(value == value.strip() for value in headers) and sum(map(len, headers + address)) < 12_000


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs["allow_redirects"] = False  # GitHub's pages are not ours
    if case.operation.definition.raw["operationId"] in OWN and str((case.path_parameters or {}).get("id")) in (
        RUN["user_id"],
        RUN["token_id"],
    ):
        case.path_parameters["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, "somebody else"))
    positive = case.meta is None or case.meta.generation.mode.is_positive
    if positive and "Idempotency-Key" in (case.headers or {}):
        # The same key with other content is refused, and says nothing about the content.
        case.headers["Idempotency-Key"] = f"{case.headers['Idempotency-Key'][:200]}-{next(count)}"


@schemathesis.check
def unavailable_only_where_documented(ctx, response, case):
    """503 is an answer where the document has it, with Retry-After, and never to a critical write."""
    if response.status_code != 503:
        return
    operation = definition(case)
    slug = problem(response).get("type", "").rsplit("/", 1)[-1]
    if not slug or "retry-after" not in response.headers:
        fail(case, "503 without a problem or without Retry-After", response.text)
    if operation.get("x-critical"):
        fail(case, "A critical write was refused", response.text)
    if "503" not in operation["responses"]:
        fail(case, "503 is not documented", response.text)
    if slug in ("position-not-reached", "resolver-unreachable", "github-unreachable"):
        return
    if case.method.upper() == "GET" or not RUN["cut"]:
        fail(case, "Unavailable although nothing is down that this needs", response.text)


@schemathesis.check
def refused_for_a_reason(ctx, response, case):
    """What matches the document is never refused as invalid, only by a rule that the problem names."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code < 400:
        return
    if case.method.upper() != case.operation.method.upper():
        return  # a method that the document has not is sent on purpose
    status, operation = response.status_code, definition(case)
    authenticated = any("bearerAuth" in way for way in operation["security"])
    conforms = (
        status in (403, 404, 409, 503)
        or (status == 401 and not authenticated)
        or (status == 412 and "If-Match" in case.headers)
        or (status == 413 and len(response.request.body or b"") > operation.get("x-body-limit", 65536))
        or (status == 422 and problem(response).get("detail") != MISMATCH)
        or (status == 429 and "429" in operation["responses"])
        or (status == 426 and "x-topic" in operation)
    )
    if not conforms and matches(case):
        fail(case, "Refused although it matches the document", f"{status} {response.text}")
