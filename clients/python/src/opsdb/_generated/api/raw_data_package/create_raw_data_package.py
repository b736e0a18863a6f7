from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.raw_data_package_create import RawDataPackageCreate
from ...models.write_receipt import WriteReceipt
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: RawDataPackageCreate,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/raw_data_package/",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | WriteReceipt:
    if response.status_code == 201:
        response_201 = WriteReceipt.from_dict(response.json())

        return response_201

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
    *,
    client: AuthenticatedClient,
    body: RawDataPackageCreate,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | WriteReceipt]:
    """Create a package

     Files that are registered already can be put into it in the same transaction. They must be of the
    same execution
    and in no other package. A package that is complete takes no more of them.

    Args:
        idempotency_key (str | Unset):
        body (RawDataPackageCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WriteReceipt]
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
    body: RawDataPackageCreate,
    idempotency_key: str | Unset = UNSET,
) -> Problem | WriteReceipt | None:
    """Create a package

     Files that are registered already can be put into it in the same transaction. They must be of the
    same execution
    and in no other package. A package that is complete takes no more of them.

    Args:
        idempotency_key (str | Unset):
        body (RawDataPackageCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WriteReceipt
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: RawDataPackageCreate,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | WriteReceipt]:
    """Create a package

     Files that are registered already can be put into it in the same transaction. They must be of the
    same execution
    and in no other package. A package that is complete takes no more of them.

    Args:
        idempotency_key (str | Unset):
        body (RawDataPackageCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WriteReceipt]
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
    body: RawDataPackageCreate,
    idempotency_key: str | Unset = UNSET,
) -> Problem | WriteReceipt | None:
    """Create a package

     Files that are registered already can be put into it in the same transaction. They must be of the
    same execution
    and in no other package. A package that is complete takes no more of them.

    Args:
        idempotency_key (str | Unset):
        body (RawDataPackageCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WriteReceipt
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
