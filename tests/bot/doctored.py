"""A Bot API at the wire that says what a test wants, and how to ask the doctor."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.checks import Finding
from bot.doctor import findings
from bot.settings import Settings
from tests.conftest import settings_for

TOKEN = "987654321:AAbunga-kenanga_wangi0123456789abcd"
SECRET = "kunci-rahasia_webhook-0123456789"
HOOK = "https://bot.example.org/jalan-yang-tak-ditebak"


@contextmanager
def telegram(
    info: dict[str, Any] | None = None, status: int = 200, ahead: float = 0, body: str = ""
) -> Iterator[str]:
    """A Bot API at the wire that says this of the webhook; the base address."""
    known = {"getMe": {"username": "lindung_bot"}, "getWebhookInfo": {"url": "", **(info or {})}}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            result = known[self.path.rpartition("/")[2]]
            told = {"ok": status == 200, "result": result} if status == 200 else {"ok": False}
            self.send_response_only(status)
            moment = datetime.now(UTC) + timedelta(seconds=ahead)
            self.send_header("Date", moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))
            self.end_headers()
            self.wfile.write((body or json.dumps(told)).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/bot"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def well(database: str, home: Path, **changed: Any) -> Settings:
    """Settings of a bot that is well, but for what is changed."""
    settings = settings_for(home, database)
    given = {"bot_token": SecretStr(TOKEN), "operator_chat_id": 7, **changed}
    return settings.model_copy(update=given)


def seen(found: Sequence[Finding]) -> dict[str, str]:
    return {finding.check: finding.state for finding in found}


def of(settings: Settings, check: str, copy: Path | None = None) -> Finding:
    """The finding of one check; the last where there are several."""
    return [finding for finding in findings(settings, copy) if finding.check == check][-1]
