"""Whatever is sent to the web server: no fault of ours comes of it, no silence, and no memory is held for it."""

import json
import random
import re
import socket
import string
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_from_bytes

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.conftest import Size
from tests.faults.figures import found
from tests.faults.forks import Forks
from tests.faults.installation import ANA, MAYA, Installation, Serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read as Linux shows it"),
]
MEGABYTE = 1 << 20
MOST_GROWN = 64  # megabytes
PATIENCE = 20.0
LONGEST_URL = 60_000  # that our own client can send
PATHS = ("/line", "/press", "/submit", "/clock")
PAGES = ("/", "/panes", "/around", "/pane/nurse", "/pane/nobody", "/static/live.js", "/readyz", "/metrics", "/healthz")
FIELDS = (
    "who", "slot", "where", "key", "text", "token", "thread", "channel", "unsaid", "step", "value.words",
    "value.kind", "value.unit", "value.", "show", "scene", "nurse", "nurse-channel",
)  # fmt: skip
KINDS = (
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=", "application/json",
    "multipart/form-data; boundary=x", "text/plain", "multipart/form-data; boundary=" + "y" * 300, "",
)  # fmt: skip
Sends = Callable[["Target", Size], None]
GESTURE = {"who": MAYA, "slot": "nurse", "where": "nurse-home", "key": "a gesture"}


@dataclass
class Target:
    """A server that is served for real, and how it has answered so far."""

    serving: Serving
    client: httpx.Client
    headers: Mapping[str, str]
    tokens: list[str]
    answers: Counter[int] = field(default_factory=Counter)

    def posts(self, path: str, body: bytes, kind: str) -> int:
        headers = {**self.headers, **({"Content-Type": kind} if kind else {})}
        return self._sends("POST", path, content=body, headers=headers)

    def gets(self, path: str) -> int:
        return self._sends("GET", path)

    def resident(self) -> float:
        """Megabytes."""
        text = Path(f"/proc/{self.serving.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", text)
        assert found
        return int(found[1]) / 1024

    def _sends(self, method: str, path: str, **more: object) -> int:
        status = self.client.request(method, path, **more).status_code  # type: ignore[arg-type] # httpx has it typed one by one
        self.answers[status] += 1
        return status


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, forks: Forks) -> Iterator[Target]:
    house = Installation(tmp_path_factory.mktemp("fuzzed"), sqlite_template, forks)
    with house.serve() as serving, httpx.Client(base_url=serving.url, timeout=PATIENCE) as client:
        page = client.get("/").text
        csrf = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert csrf
        headers = {"X-CSRF-Token": csrf[1], "Origin": serving.url}
        fields = {**GESTURE, "text": "report the scanner is stuck"}
        client.post("/line", data=fields, headers=headers)
        shown = client.post(
            "/line", data={**fields, "who": ANA, "text": "queue", "key": "another"}, headers=headers
        ).text
        tokens = re.findall(r'name="token" value="([^"]+)"', page + shown)
        assert tokens
        yield Target(serving, client, headers, tokens)
        assert httpx.get(f"{serving.url}/readyz").status_code == 200
        assert serving.stop() == 0


def fuzz(size: Size, full: int, short: int) -> settings:
    return settings(
        max_examples=size(full, short), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


def form(fields: list[tuple[str, bytes]]) -> bytes:
    return "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in fields).encode()


def parts(fields: list[tuple[str, bytes]], boundary: bytes) -> bytes:
    drawn = [
        b"--"
        + boundary
        + b'\r\nContent-Disposition: form-data; name="'
        + name.encode()
        + b'"\r\n\r\n'
        + value
        + b"\r\n"
        for name, value in fields
    ]
    return b"".join(drawn) + b"--" + boundary + b"--\r\n"


words = st.one_of(
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=200),
    st.sampled_from([b"", b"\0", b"\xed\xa0\x80", b"undo", b"help", b"queue", b"MAR-1", b"report x", b"mine", b"off"]),
    st.builds(
        lambda word, many: word * many,
        st.sampled_from([b"a", b"(", b" ", b"\xe2\x80\x8b", b"1", b"."]),
        st.integers(1, 12_000),
    ),
)
known = st.sampled_from(
    [each.encode() for each in GESTURE.values()] + [ANA.encode(), b"4-west", b"1", b"over", b"next"]
)
fields = st.lists(st.tuples(st.sampled_from(FIELDS), st.one_of(known, words)), max_size=8)
whole = st.builds(lambda more: [(name, value.encode()) for name, value in GESTURE.items()] + more, fields)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def bare(target: Target, size: Size) -> None:
    @fuzz(size, 25_000, 150)
    @given(
        st.sampled_from(PATHS),
        st.one_of(st.binary(max_size=4_000), anything.map(lambda v: json.dumps(v).encode())),
        st.sampled_from(KINDS),
    )
    def run(path: str, body: bytes, kind: str) -> None:
        assert target.posts(path, body, kind) < 500, (path, kind, body)

    run()


def forms(target: Target, size: Size) -> None:
    @fuzz(size, 50_000, 250)
    @given(st.sampled_from(PATHS), st.one_of(fields, whole), st.booleans())
    def run(path: str, given: list[tuple[str, bytes]], in_parts: bool) -> None:  # noqa: FBT001 - Hypothesis fills it in
        kind = "multipart/form-data; boundary=q" if in_parts else KINDS[0]
        body = parts(given, b"q") if in_parts else form(given)
        assert target.posts(path, body, kind) < 500, (path, given)

    run()


def tokens(target: Target, size: Size) -> None:
    letters = string.ascii_letters + string.digits + "-_=.~"

    @st.composite
    def bent(draw: st.DrawFn) -> str:
        token = list(draw(st.sampled_from(target.tokens)))
        for _ in range(draw(st.integers(0, 4))):
            at = draw(st.integers(0, len(token) - 1))
            token[at] = draw(st.sampled_from(letters))
        return "".join(token[: draw(st.integers(0, len(token)))] if draw(st.booleans()) else token)

    @fuzz(size, 25_000, 150)
    @given(
        st.sampled_from(["/press", "/submit"]),
        st.one_of(bent(), st.text(letters, max_size=300)),
        st.sampled_from([MAYA, ANA]),
        fields,
    )
    def run(path: str, token: str, who: str, more: list[tuple[str, bytes]]) -> None:
        said = [("slot", b"nurse"), ("where", b"nurse-home"), ("key", b"%d" % random.getrandbits(60)), *more]
        assert target.posts(path, form([*said, ("who", who.encode()), ("token", token.encode())]), KINDS[0]) < 500, (
            token
        )

    run()


def pages(target: Target, size: Size) -> None:
    @fuzz(size, 10_000, 80)
    @given(st.sampled_from(PAGES), fields, st.binary(max_size=30))
    def run(path: str, query: list[tuple[str, bytes]], tail: bytes) -> None:
        whole = f"{path}{quote_from_bytes(tail) if path == '/pane/nurse' else ''}?{form(query).decode()}"
        assert target.gets(whole[:LONGEST_URL]) < 500, (path, query, tail)

    run()


def sockets(target: Target, size: Size) -> None:
    """What is no HTTP at all, or only half of it."""
    address = httpx.URL(target.serving.url)
    begins = st.sampled_from(
        [b"", b"POST /line HTTP/1.1\r\nHost: localhost\r\n", b"GET / HTTP/1.1\r\nHost: ", b"PUT /"]
    )

    @fuzz(size, 5_000, 60)
    @given(begins, st.binary(max_size=2_000))
    def run(begin: bytes, rest: bytes) -> None:
        with socket.create_connection((address.host, address.port or 0), PATIENCE) as raw, suppress(ConnectionError):
            raw.sendall(begin + rest)
            raw.shutdown(socket.SHUT_WR)
            answer = raw.recv(4_096)
            assert not answer.startswith(b"HTTP/1.1 5"), (begin, rest)

    run()


@pytest.mark.parametrize(
    ("name", "sends"),
    [("bare bodies", bare), ("forms", forms), ("tokens", tokens), ("pages", pages), ("bare sockets", sockets)],
)
def test_whatever_is_sent_it_is_never_a_fault_of_ours(target: Target, size: Size, name: str, sends: Sends) -> None:
    before = target.resident()
    target.answers.clear()
    sends(target, size)
    grown = target.resident() - before
    assert target.gets("/healthz") == 200
    assert grown < MOST_GROWN
    many = ", ".join(f"{status}: {times:,}" for status, times in sorted(target.answers.items()))
    found(f"fuzz: {name}", f"{many}; no 5xx, no silence; {grown:+.1f} MB")


@pytest.mark.parametrize("kind", [KINDS[0], "multipart/form-data; boundary=q", "application/json"])
def test_a_body_without_an_end_is_refused_before_it_is_held(target: Target, kind: str) -> None:
    before, sent = target.resident(), 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--q\r\nContent-Disposition: form-data; name="text"\r\n\r\n' if "q" in kind[-1] else b"text="
        while sent < 200 * MEGABYTE:
            sent += 65_536
            yield b"a" * 65_536

    with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):  # it hangs up while we still speak
        answer = target.client.post("/line", content=endless(), headers={**target.headers, "Content-Type": kind})
        assert 400 <= answer.status_code < 500
    grown = target.resident() - before
    assert grown < MOST_GROWN
    found(
        f"fuzz: endless body, {kind.partition(';')[0]}",
        f"refused; {sent / MEGABYTE:.0f} MB were sent, {grown:+.1f} MB held",
    )
