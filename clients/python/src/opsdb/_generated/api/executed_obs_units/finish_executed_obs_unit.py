from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.executed_obs_unit_finish import ExecutedObsUnitFinish
from ...models.problem import Problem
from ...models.write_receipt import WriteReceipt
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: UUID,
    *,
    body: ExecutedObsUnitFinish | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/executed_obs_units/{id}/finish".format(
            id=quote(str(id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | WriteReceipt:
    if response.status_code == 200:
        response_200 = WriteReceipt.from_dict(response.json())

        return response_200

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | WriteReceipt]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: ExecutedObsUnitFinish | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | WriteReceipt]:
    """Record the end of an execution

     What is not given keeps its value: `comment` and `conditions` that of the start, `end_time` the time
    of this
    request. An execution is finished once: the same content again is the same answer, other content a
    conflict that
    shows both versions.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        idempotency_key (str | Unset):
        body (ExecutedObsUnitFinish | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WriteReceipt]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: ExecutedObsUnitFinish | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | WriteReceipt | None:
    """Record the end of an execution

     What is not given keeps its value: `comment` and `conditions` that of the start, `end_time` the time
    of this
    request. An execution is finished once: the same content again is the same answer, other content a
    conflict that
    shows both versions.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        idempotency_key (str | Unset):
        body (ExecutedObsUnitFinish | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WriteReceipt
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: ExecutedObsUnitFinish | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | WriteReceipt]:
    """Record the end of an execution

     What is not given keeps its value: `comment` and `conditions` that of the start, `end_time` the time
    of this
    request. An execution is finished once: the same content again is the same answer, other content a
    conflict that
    shows both versions.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        idempotency_key (str | Unset):
        body (ExecutedObsUnitFinish | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WriteReceipt]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: ExecutedObsUnitFinish | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | WriteReceipt | None:
    """Record the end of an execution

     What is not given keeps its value: `comment` and `conditions` that of the start, `end_time` the time
    of this
    request. An execution is finished once: the same content again is the same answer, other content a
    conflict that
    shows both versions.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        idempotency_key (str | Unset):
        body (ExecutedObsUnitFinish | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WriteReceipt
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
