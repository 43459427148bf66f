"""The page with the phones side by side, over HTTP: what they show, and what is done on them."""

import asyncio
import mimetypes
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from bot.demo.bell import Bell
from bot.demo.phone import Phone
from bot.demo.phones import Phones
from bot.demo.state import State
from bot.demo.updates import Json
from bot.demo.view import screen_of

PAGE = Path(__file__).parent / "page"
PARTS = {path.name for path in PAGE.glob("*")}
POLL_SECONDS = 25
OPENED = ("image/jpeg", "image/png", "application/pdf")  # shown by the browser, as apps do
SAFE = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Screen:
    def __init__(self, state: State, phones: Phones, bell: Bell) -> None:
        self.state = state
        self.phones = phones
        self.bell = bell
        # A page that outlives the server must forget the phones of the one before.
        self.run = secrets.token_hex(8)
        self.routes = [
            Route("/", _index),
            Route("/page/{part}", _part),
            Route("/phones", self.changes, methods=["GET"]),
            Route("/phones", self.add, methods=["POST"]),
            Route("/phones/{user_id:int}/files/{file_id}", self.file),
            Route("/phones/{user_id:int}/{deed}", self.act, methods=["POST"]),
        ]

    async def changes(self, request: Request) -> Response:
        """Waits until a phone shows something newer than version `since`."""
        query = request.query_params
        since = int(query["since"]) if query.get("run") == self.run else 0
        ends = asyncio.get_running_loop().time() + POLL_SECONDS
        while True:
            with self.state.condition:
                changed = [phone for phone in self.phones if phone.chat.version > since]
                version, screens = self.state.version, [screen_of(phone) for phone in changed]
            left = ends - asyncio.get_running_loop().time()
            if changed or left <= 0 or self.state.closed or not since:
                answer = {"run": self.run, "version": version, "phones": screens}
                return JSONResponse(answer, headers=SAFE)
            await self.bell.wait(left)

    async def add(self, request: Request) -> Response:
        asked = await _asked(request)
        name = asked.get("name", "").strip() or f"Orang {len(self.phones) + 1}"
        title, payload = asked.get("title", "").strip(), asked.get("payload", "").strip()
        phone = self.phones.add(name[:64], title=title[:64], start_payload=payload[:64])
        return JSONResponse({"id": phone.user_id}, headers=SAFE)

    async def act(self, request: Request) -> Response:
        deed, phone = DEEDS.get(request.path_params["deed"]), self._phone(request)
        asked = await _asked(request)
        if deed is None:
            raise HTTPException(404)
        try:
            deed(phone, asked)
        except (LookupError, RuntimeError, TypeError, ValueError) as error:
            raise HTTPException(400, str(error)) from error
        return JSONResponse({}, headers=SAFE)

    async def file(self, request: Request) -> Response:
        self._phone(request)
        file = self.state.files.get(request.path_params["file_id"])
        if file is None:
            raise HTTPException(404)
        kind = mimetypes.guess_type(file.name)[0] or ""
        shown = kind in OPENED
        name = f"{'inline' if shown else 'attachment'}; filename*=utf-8''{quote(file.name)}"
        headers = SAFE | {"Content-Disposition": name}
        media_type = kind if shown else "application/octet-stream"
        return Response(file.content, media_type=media_type, headers=headers)

    def _phone(self, request: Request) -> Phone:
        try:
            return self.phones[request.path_params["user_id"]]
        except KeyError:
            raise HTTPException(404) from None


def _network(phone: Phone, asked: Json) -> None:
    phone.reconnect() if asked["on"] else phone.cut()


DEEDS: dict[str, Callable[[Phone, Json], Any]] = {
    "start": lambda phone, asked: phone.start(str(asked.get("payload", phone.start_payload))),
    "send": lambda phone, asked: phone.send(str(asked["text"])),
    "tap": lambda phone, asked: phone.tap(str(asked["text"])),
    "press": lambda phone, asked: phone.press_data(int(asked["message_id"]), str(asked["data"])),
    "photo": lambda phone, asked: phone.send_photo(),
    "network": _network,
}


async def _index(request: Request) -> Response:
    return FileResponse(PAGE / "index.html", headers=SAFE)


async def _part(request: Request) -> Response:
    if request.path_params["part"] not in PARTS:
        raise HTTPException(404)
    return FileResponse(PAGE / request.path_params["part"], headers=SAFE)


async def _asked(request: Request) -> Json:
    """Only JSON is read, which no other site's page may send here unasked."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415)
    try:
        asked = await request.json()
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(asked, dict):
        raise HTTPException(400)
    return {str(name): value for name, value in asked.items()}
