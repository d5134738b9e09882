"""Who may talk to the lab. The first half asks the layers, the second a served page."""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lab.errors import BusyError, SettingsError
from lab.ui.security import foreign, is_local, login, middleware, names, require_free


def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Route("/", hello, methods=["GET", "POST"])], middleware=middleware("127.0.0.1"))
    return TestClient(app, base_url="http://127.0.0.1:7860")


def test_the_labs_own_page_may_post(client: TestClient):
    own = {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}
    assert client.post("/", headers=own).text == "hello"


def test_a_program_without_an_origin_may_post(client: TestClient):
    assert client.post("/").status_code == 200


STRANGERS = ["http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1.evil.example:7860", ""]


@pytest.mark.parametrize("origin", STRANGERS)
def test_another_sites_page_may_not(client: TestClient, origin: str):
    assert client.post("/", headers={"origin": origin}).status_code == 403


def test_a_cross_site_post_without_an_origin_is_refused_and_a_link_from_elsewhere_is_not(client: TestClient):
    assert client.post("/", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_rebound_host_name_is_refused(client: TestClient):
    assert client.get("/", headers={"host": "evil.example:7860"}).status_code == 400


def test_every_answer_carries_the_policy(client: TestClient):
    policy = client.get("/").headers["content-security-policy"]
    assert "img-src 'self' data: blob:" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy


def test_foreign_compares_host_and_port_without_case():
    assert not foreign(Headers({"origin": "http://LAB.local:7860", "host": "lab.LOCAL:7860"}), "POST")
    assert foreign(Headers({"origin": "http://lab.local:7861", "host": "lab.local:7860"}), "POST")
    assert foreign(Headers({"origin": "http://lab.local"}), "GET")


def test_a_lab_that_listens_everywhere_answers_to_this_machines_names_only():
    known = names("0.0.0.0")
    assert socket.gethostname().lower() in known
    assert "*" not in known
    assert "evil.example" not in known


def test_which_hosts_are_local():
    assert all(is_local(host) for host in ("127.0.0.1", "localhost", "::1"))
    assert not any(is_local(host) for host in ("0.0.0.0", "lab.lan", "192.168.1.2"))


def test_a_lab_others_can_reach_needs_a_login():
    with pytest.raises(SettingsError, match="--auth NAME:PASSWORD"):
        login("0.0.0.0", None)
    assert login("127.0.0.1", None) is None


@pytest.mark.parametrize("auth", ["me", "me:", ":secret"])
def test_half_a_login_is_refused_without_printing_the_password(auth: str):
    with pytest.raises(SettingsError) as error:
        login("0.0.0.0", auth)
    assert "secret" not in str(error.value)


def test_a_wrong_password_costs_time_and_the_right_one_does_not(monkeypatch: pytest.MonkeyPatch):
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    check = login("0.0.0.0", "me:se:cret")
    assert check is not None

    def entered(name: str, password: str) -> bool:
        """In a thread of its own: Playwright, if browser tests ran before, keeps a loop running in this one."""
        with ThreadPoolExecutor(1) as threads:
            return bool(threads.submit(lambda: asyncio.run(check(name, password))).result())

    assert entered("me", "se:cret") and slept == []
    assert not entered("me", "wrong")
    assert not entered("you", "se:cret")
    assert slept == [1.0, 1.0]


def test_a_taken_port_is_one_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BusyError, match=f"port {port}.*--port"):
            require_free("127.0.0.1", port)


# the served page


@pytest.fixture
def address(home: Path):
    from lab.ui.app import launch
    from tests.fakes import free_port, page_lab

    port = free_port()
    blocks = launch(page_lab(home), "127.0.0.1", port)
    yield f"http://127.0.0.1:{port}"
    blocks.close(verbose=False)


def test_the_served_page_keeps_strangers_out_and_asks_nobody(address: str, home: Path):
    page = httpx.get(address)
    assert page.status_code == 200
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    assert httpx.get(address, headers={"host": "evil.example"}).status_code == 400
    joined = {"data": [], "fn_index": 0, "session_hash": "x"}
    evil = {"origin": "http://evil.example"}
    assert httpx.post(f"{address}/gradio_api/queue/join", json=joined, headers=evil).status_code == 403
    assert httpx.post(f"{address}/gradio_api/upload", files={"files": b"x" * 9}, headers=evil).status_code == 403
    large = httpx.post(f"{address}/gradio_api/upload", files={"files": b"x" * 21_000_000})
    assert large.status_code == 413
    for closed in ("/openapi.json", "/docs", "/redoc", "/monitoring"):
        assert httpx.get(address + closed).status_code in (403, 404), closed


def test_gradio_calls_home_to_nobody():
    import gradio

    import lab.ui  # noqa: F401  (sets the switch)

    assert not gradio.analytics.analytics_enabled()


def test_a_page_with_a_login_shows_nothing_without_it(home: Path):
    from lab.ui.app import launch
    from tests.fakes import free_port, page_lab

    port = free_port()
    blocks = launch(page_lab(home), "127.0.0.1", port, auth="me:secret")
    try:
        address = f"http://127.0.0.1:{port}"
        joined = {"data": [], "fn_index": 0, "session_hash": "x"}
        assert httpx.post(f"{address}/gradio_api/queue/join", json=joined).status_code == 401
        started = time.monotonic()
        assert httpx.post(f"{address}/login", data={"username": "me", "password": "guess"}).status_code == 400
        assert time.monotonic() - started >= 1.0
        assert httpx.post(f"{address}/login", data={"username": "me", "password": "secret"}).status_code == 200
    finally:
        blocks.close(verbose=False)
