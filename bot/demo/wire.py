"""The HTTP connection below the requests, for faults that cut it."""

import asyncio
from typing import Any

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class CuttableProtocol(H11Protocol):
    """uvicorn's own protocol, which also keeps its transport within reach."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client:
            _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.client:
            _open.pop(self.client, None)


async def close_connection(request: Request) -> None:
    """Closes without an answer; returns when the server has noticed."""
    address: Any = request.client
    transport = _open.get((address.host, address.port)) if address else None
    if transport:
        transport.close()
    while not await request.is_disconnected():
        await asyncio.sleep(0.005)
