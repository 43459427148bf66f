"""The Bot API over HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

import asyncio
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.bell import Bell
from bot.demo.faults import Fault
from bot.demo.methods import METHODS
from bot.demo.parameters import FIELDS, Upload, read_parameters
from bot.demo.refusals import CONFLICT, WEBHOOK_IS_SET, Refused, bad, forbidden, too_many
from bot.demo.state import Call, State
from bot.demo.updates import Json
from bot.demo.wire import close_connection

TOKEN = re.compile(r"\d+:[\w-]+")
MAX_POLL = 50
BROKEN_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


class BotApi:
    def __init__(self, state: State, bell: Bell) -> None:
        self.state = state
        self.bell = bell
        self.routes = [
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self.file, methods=["GET"]),
        ]

    async def call(self, request: Request) -> Response:
        method = request.path_params["method"]
        fault = self.state.faults.take(method)
        if fault and not fault.after_effect:
            return await self._fail(request, method, fault)
        answer = await self._answer(request, method)
        if fault and fault.kind in ("hang", "slow"):
            await self._hang(fault.seconds)
        elif fault:
            return await self._spoilt(request, fault)
        return answer

    async def file(self, request: Request) -> Response:
        """A file's content; faults of it are ordered under the name "file"."""
        fault = self.state.faults.take("file")
        if fault and not fault.after_effect:
            return await self._fail(request, "file", fault)
        if fault:
            await self._hang(fault.seconds)
        try:
            self._check_token(request)
        except Refused as refused:
            return _refusal(refused)
        file = self.state.file_at(request.path_params["path"])
        if file is None:
            return _refusal(Refused("Not Found", 404))
        return Response(file.content, media_type="application/octet-stream")

    async def _answer(self, request: Request, method: str) -> Response:
        name, params = method.lower(), dict[str, Any]()
        try:
            self._check_token(request)
            if name not in FIELDS:
                raise Refused("Not Found: method not found", 404)
            params = await _given(request)
            params = read_parameters(name, params)
            self._check_limits(name, params)
            result = await self._perform(request, method, params)
        except Refused as refused:
            self._record(method, params, refused.description)
            return _refusal(refused)
        return JSONResponse({"ok": True, "result": result})

    async def _perform(self, request: Request, method: str, params: Json) -> Any:
        if method.lower() == "getupdates":
            result = await self._get_updates(request, params)
            self._record(method, params)
            return result
        # One lock for both: whoever sees the message also finds the call.
        with self.state.changing():
            result = METHODS[method.lower()](self.state, params)
            self._record(method, params)
        return result

    async def _get_updates(self, request: Request, params: Json) -> list[Json]:
        updates, loop = self.state.updates, asyncio.get_running_loop()
        ends = loop.time() + min(params.get("timeout", 0), MAX_POLL)
        limit = min(max(params.get("limit", 100), 1), 100)
        if self.state.hook:
            raise Refused(WEBHOOK_IS_SET, 409)
        with self.state.changing():
            updates.poller += 1
            mine = updates.poller
            if "allowed_updates" in params:
                updates.allow(params["allowed_updates"])
        while True:
            with self.state.condition:
                ousted = updates.poller != mine
                batch = [] if ousted else updates.take(params.get("offset", 0), limit)
            if ousted and not await request.is_disconnected():
                raise Refused(CONFLICT, 409)
            if ousted or batch or self.state.closed or loop.time() >= ends:
                return batch
            await self.bell.wait(ends - loop.time())

    def _check_limits(self, name: str, params: Json) -> None:
        if name.startswith("send") and name != "sendchataction":
            wait = self.state.limits.wait(params.get("chat_id", 0))
            if wait:
                raise too_many(wait)

    def _check_token(self, request: Request) -> None:
        token = request.path_params["token"]
        if not TOKEN.fullmatch(token):
            raise Refused("Not Found", 404)
        if token != self.state.token:
            raise Refused("Unauthorized", 401)

    def _record(self, method: str, params: Json, refusal: str = "") -> None:
        call = Call(method, params, not refusal, refusal, self.state.now())
        with self.state.changing():
            self.state.calls.append(call)

    async def _fail(self, request: Request, method: str, fault: Fault) -> Response:
        self._record(method, {}, f"fault: {fault.kind}")
        if fault.kind in ("hang", "slow"):
            await self._hang(fault.seconds)
        return await self._spoilt(request, fault)

    async def _spoilt(self, request: Request, fault: Fault) -> Response:
        if fault.kind in ("closed_before", "closed_after", "hang", "slow"):
            await close_connection(request)
            return Response()
        if fault.kind == "403":
            return _refusal(forbidden("bot was blocked by the user"))
        if fault.kind == "429":
            return _refusal(too_many(max(1, round(fault.seconds))))
        if fault.kind == "401":
            return _refusal(Refused("Unauthorized", 401))
        if fault.kind == "broken_json":
            return Response('{"ok":true,"resu', media_type="application/json")
        if fault.kind == "empty_json":
            return JSONResponse({"ok": True})
        title = {"500": "500 Internal Server Error", "502": "502 Bad Gateway"}[fault.kind]
        return Response(BROKEN_PAGE.format(title), int(fault.kind), media_type="text/html")

    async def _hang(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while not self.state.closed and loop.time() < ends:
            await self.bell.wait(ends - loop.time())


async def _given(request: Request) -> Json:
    """Parameters as they came: query first, then form, multipart or JSON."""
    given: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "multipart/form-data":
        return given | await _multipart(request)
    body = await request.body()
    if kind == "application/json":
        return given | _json(body)
    return given | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def _multipart(request: Request) -> Json:
    async with request.form() as form:
        return {
            name: Upload(value.filename or name, await value.read())
            if isinstance(value, UploadFile)
            else value
            for name, value in form.items()
        }


def _json(body: bytes) -> Json:
    try:
        given = json.loads(body)
    except ValueError:
        raise bad("can't parse request body") from None
    if not isinstance(given, dict):
        raise bad("can't parse request body")
    return given


def _refusal(refused: Refused) -> Response:
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    headers = {}
    if refused.retry_after:
        body["parameters"] = {"retry_after": refused.retry_after}
        headers["Retry-After"] = str(refused.retry_after)
    return JSONResponse(body, refused.code, headers)
