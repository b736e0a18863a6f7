from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.bulk_receipt import BulkReceipt
from ...models.problem import Problem
from ...models.raw_data_file_create import RawDataFileCreate
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: list[RawDataFileCreate],
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/raw_data_files/bulk",
    }

    _kwargs["json"] = []
    for componentsschemas_raw_data_file_bulk_item_data in body:
        componentsschemas_raw_data_file_bulk_item = componentsschemas_raw_data_file_bulk_item_data.to_dict()
        _kwargs["json"].append(componentsschemas_raw_data_file_bulk_item)

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> BulkReceipt | Problem:
    if response.status_code == 201:
        response_201 = BulkReceipt.from_dict(response.json())

        return response_201

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

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
) -> Response[BulkReceipt | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: list[RawDataFileCreate],
    idempotency_key: str | Unset = UNSET,
) -> Response[BulkReceipt | Problem]:
    """Register many files at once

     All or nothing, in one transaction: at most 1,000 files and 1 MiB (413), of at most 100 executions
    (422). When
    the site's buffer runs short this is refused before single writes are (503). The `errors` of a
    refusal (422, 409)
    point at files that stand in the way of the others: at up to 50, and a conflict shows both versions
    of the first.

    Args:
        idempotency_key (str | Unset):
        body (list[RawDataFileCreate]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BulkReceipt | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: list[RawDataFileCreate],
    idempotency_key: str | Unset = UNSET,
) -> BulkReceipt | Problem | None:
    """Register many files at once

     All or nothing, in one transaction: at most 1,000 files and 1 MiB (413), of at most 100 executions
    (422). When
    the site's buffer runs short this is refused before single writes are (503). The `errors` of a
    refusal (422, 409)
    point at files that stand in the way of the others: at up to 50, and a conflict shows both versions
    of the first.

    Args:
        idempotency_key (str | Unset):
        body (list[RawDataFileCreate]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BulkReceipt | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: list[RawDataFileCreate],
    idempotency_key: str | Unset = UNSET,
) -> Response[BulkReceipt | Problem]:
    """Register many files at once

     All or nothing, in one transaction: at most 1,000 files and 1 MiB (413), of at most 100 executions
    (422). When
    the site's buffer runs short this is refused before single writes are (503). The `errors` of a
    refusal (422, 409)
    point at files that stand in the way of the others: at up to 50, and a conflict shows both versions
    of the first.

    Args:
        idempotency_key (str | Unset):
        body (list[RawDataFileCreate]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BulkReceipt | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: list[RawDataFileCreate],
    idempotency_key: str | Unset = UNSET,
) -> BulkReceipt | Problem | None:
    """Register many files at once

     All or nothing, in one transaction: at most 1,000 files and 1 MiB (413), of at most 100 executions
    (422). When
    the site's buffer runs short this is refused before single writes are (503). The `errors` of a
    refusal (422, 409)
    point at files that stand in the way of the others: at up to 50, and a conflict shows both versions
    of the first.

    Args:
        idempotency_key (str | Unset):
        body (list[RawDataFileCreate]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BulkReceipt | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
