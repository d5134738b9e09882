"""Who may talk to the lab: only pages of the lab itself, under a name the lab answers to, and logged in when it is not local.

Gradio alone answers any Host (DNS rebinding), runs a POST from any page, and lets a reply's `![](http://…)` fetch that
address. Three pure ASGI layers close this. They know nothing of what the page does.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import socket
from collections.abc import Callable, Coroutine
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lab.errors import BusyError, SettingsError

LOCAL = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LOGIN_DELAY = 1.0  # seconds a wrong password costs

# Gradio's page needs inline and evaluated scripts; everything else is its own origin only
POLICY = "; ".join((
    "default-src 'self'", "img-src 'self' data: blob:", "media-src 'self' data: blob:", "font-src 'self' data:",
    "style-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:", "worker-src 'self' blob:",
    "connect-src 'self'", "manifest-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'",
))  # fmt: skip
OWN_FRAMES = "frame-ancestors 'self'"
# a notebook is a page of this machine on another port, or a view of an editor
NOTEBOOK_FRAMES = f"{OWN_FRAMES} http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:* vscode-webview:"


class OriginGuard:
    """Refuses what another site's page sends: a foreign or null Origin, or a cross-site request that could change something."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and foreign(Headers(scope=scope), scope.get("method", "GET")):
            await PlainTextResponse("This lab answers only its own page.", status_code=403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class ContentPolicy:
    """Adds the headers that keep a reply's text from fetching anything, and this page out of foreign frames."""

    def __init__(self, app: ASGIApp, frames: str = OWN_FRAMES) -> None:
        self.app, self.policy = app, f"{POLICY}; {frames}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self.policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self.app(scope, receive, send_with_policy if scope["type"] == "http" else send)


def foreign(headers: Headers, method: str) -> bool:
    """Whether a request comes from another site's page. A request without Origin is a person's or a program's own."""
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        return True  # "null" has no host and is refused too
    return headers.get("sec-fetch-site") == "cross-site" and method not in SAFE_METHODS


def middleware(host: str, framed: bool = False) -> list[Middleware]:
    """The layers for a lab that listens on `host`, outermost first. `framed`: a notebook of this machine may show the page."""
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=names(host), www_redirect=False),
        Middleware(OriginGuard),
        Middleware(ContentPolicy, frames=NOTEBOOK_FRAMES if framed else OWN_FRAMES),
    ]


def names(host: str) -> list[str]:
    """The Host names the lab answers to: local ones, `host`, and this machine's own when it listens everywhere."""
    known = [*LOCAL, host if ":" not in host else f"[{host}]"]
    if host in EVERYWHERE:
        own = socket.gethostname()
        known += [own, f"{own}.local", *own_addresses(own)]
    return list(dict.fromkeys(name.lower() for name in known))


def own_addresses(name: str) -> list[str]:
    """Addresses of this machine. The UDP "connection" sends nothing; it asks the routing table which address would."""
    found: set[str] = set()
    try:
        found |= {str(entry[4][0]) for entry in socket.getaddrinfo(name, None, socket.AF_INET)}
    except OSError:
        pass  # a machine whose own name does not resolve still has the address below
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found.add(str(probe.getsockname()[0]))
        except OSError:
            pass  # no route: local only
    return sorted(found)


def is_local(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def login(host: str, auth: str | None) -> Callable[[str, str], Coroutine[None, None, bool]] | None:
    """The check of a log-in "name:password", slow on a wrong one; None for a local lab without one.

    Raises SettingsError when a lab that others can reach has none, or when `auth` is not name:password.
    """
    if auth is None:
        if is_local(host):
            return None
        raise SettingsError(f"host {host} can be reached by others; add --auth NAME:PASSWORD, or use 127.0.0.1")
    name, colon, password = auth.partition(":")
    if not (name and colon and password):
        raise SettingsError(f"auth {auth.split(':')[0]!r}… is not NAME:PASSWORD; give both, with a colon between")

    async def check(given_name: str, given_password: str) -> bool:
        right_name = hmac.compare_digest(given_name.encode(), name.encode())
        right_password = hmac.compare_digest(given_password.encode(), password.encode())
        if right_name and right_password:
            return True
        await asyncio.sleep(LOGIN_DELAY)
        return False

    return check


def require_free(host: str, port: int) -> None:
    """Raises BusyError when something already listens there, before Gradio says so in its own words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BusyError(
                f"cannot listen on {host} port {port} ({error.strerror}); close what uses it or choose another --port"
            ) from None


def free_port() -> int:
    """A port of this machine that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
