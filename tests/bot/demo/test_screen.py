"""The page's own endpoints, without a browser."""

from pathlib import Path

import httpx

from bot.demo import screen
from bot.demo.phone import Phone
from bot.demo.server import Server
from tests.bot.demo.conftest import TLS, call


def get(server: Server, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{server.page_url}{path}", headers=headers, verify=TLS)


def post(server: Server, path: str, **body: object) -> int:
    return httpx.post(f"{server.page_url}{path}", json=body, verify=TLS).status_code


def test_the_page_shows_what_the_phone_shows_and_no_more(server: Server, wayan: Phone) -> None:
    server.phones.add("Made", title="Petugas", start_payload="p_1")
    call(server, "sendMessage", chat_id=wayan.user_id, text="<b>Halo</b>", parse_mode="HTML")
    shown = get(server, "phones").json()
    first, second = shown["phones"]
    assert [message["text"] for message in first["messages"]] == ["/start", "Halo"]
    assert [message["out"] for message in first["messages"]] == [True, False]
    assert first["messages"][1]["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert (second["title"], second["payload"], second["started"]) == ("Petugas", "p_1", False)
    wayan.send("lagi")
    query = f"phones?run={shown['run']}&since={shown['version']}"
    assert [phone["id"] for phone in get(server, query).json()["phones"]] == [wayan.user_id]


def test_what_is_done_on_the_page_is_done_on_the_phone(server: Server, wayan: Phone) -> None:
    deeds = f"phones/{wayan.user_id}"
    assert post(server, f"{deeds}/send", text="halo") == 200
    assert post(server, f"{deeds}/photo") == 200
    assert post(server, f"{deeds}/press", message_id=1, data="x") == 200
    assert post(server, f"{deeds}/network", on=False) == 200
    assert post(server, f"{deeds}/send", text="nanti") == 200
    assert post(server, f"{deeds}/network", on=True) == 200
    assert [message.text for message in wayan.messages] == ["/start", "halo", "", "nanti"]
    assert [press.data for press in wayan.presses] == ["x"]
    photo = wayan.messages[2].raw["photo"][-1]["file_id"]
    assert get(server, f"{deeds}/files/{photo}").headers["content-type"] == "image/jpeg"
    assert get(server, f"{deeds}/files/none").status_code == 404
    assert post(server, "phones", name="Ketut", payload="v_9") == 200
    assert [phone.start_payload for phone in server.phones] == ["", "v_9"]


def test_a_pdf_opens_in_the_browser_and_what_it_cannot_show_is_saved(
    server: Server, wayan: Phone
) -> None:
    wayan.send_document(b"%PDF-1.7", "berkas.pdf")
    wayan.send_document(b"<script>", "halaman.html")
    files = [message.raw["document"]["file_id"] for message in wayan.messages[1:]]
    pdf, page = (get(server, f"phones/{wayan.user_id}/files/{id}").headers for id in files)
    assert pdf["content-type"] == "application/pdf"
    assert pdf["content-disposition"].startswith("inline")
    assert page["content-type"] == "application/octet-stream"
    assert page["content-disposition"].startswith("attachment")


def test_paper_beside_a_phone_is_shown(server: Server, wayan: Phone) -> None:
    wayan.note = "7QK2M-X9T4B"
    (shown,) = get(server, "phones").json()["phones"]
    assert shown["note"] == "7QK2M-X9T4B"


def test_what_cannot_be_done_is_refused(server: Server, wayan: Phone) -> None:
    deeds = f"phones/{wayan.user_id}"
    assert post(server, f"{deeds}/send") == 400
    assert post(server, f"{deeds}/tap", text="tidak ada") == 400
    assert post(server, f"{deeds}/fly") == 404
    assert post(server, "phones/5/send", text="x") == 404
    wayan.block()
    assert post(server, f"{deeds}/send", text="x") == 400


def test_other_sites_can_neither_read_nor_write_here(server: Server, wayan: Phone) -> None:
    url = f"{server.page_url}phones/{wayan.user_id}/send"
    stolen = {"Host": "example.org"}
    assert httpx.post(url, json={"text": "x"}, headers=stolen, verify=TLS).status_code == 400
    assert httpx.post(url, data={"text": "x"}, verify=TLS).status_code == 415
    assert get(server, "phones", Host="example.org").status_code == 400
    assert "default-src 'self'" in get(server, "").headers["content-security-policy"]
    assert [message.text for message in wayan.messages] == ["/start"]


def test_every_part_of_the_page_is_served(server: Server) -> None:
    for part in Path(screen.PAGE).iterdir():
        assert get(server, f"page/{part.name}").content == part.read_bytes()
    assert get(server, "page/..%2Fstate.py").status_code == 404
    kind = get(server, "page/page.js").headers["content-type"]
    assert kind.startswith("text/javascript")
