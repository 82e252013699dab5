"""A small hub on loopback: answers as the real one does as far as a download needs, and misbehaves on demand."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LFS_BYTES = 512
"""From this size on, a file lives on the storage host, behind a redirect, as large files do."""


@dataclass
class Asked:
    """One request that came."""

    method: str
    path: str
    range: str | None
    token: str | None
    host: str | None

    @property
    def repository(self) -> str:
        """ "owner/name"."""
        return "/".join(self.path.removeprefix("/storage").split("/")[1:3])


@dataclass
class Fault:
    """How a file misbehaves."""

    cut_after: int | None = None
    """Bytes of an answer after which the connection breaks."""
    content: bytes | None = None
    """What is sent instead of the true content, under its checksum."""
    status: int | None = None
    """Answer to anything about the file."""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with `status`."""
    ignores_range: bool = False
    """Always sends the whole."""
    times: int = 10**6
    """How many answers are faulty."""


class HubServer:
    """`files[(repository, path)]` is what it holds, `faults[path]` how it misbehaves, `asked` what it was asked."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], bytes] = {}
        self.faults: dict[str, Fault] = {}
        self.asked: list[Asked] = []
        self.needed_token: str | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def gets(self, path: str) -> list[Asked]:
        """Requests for a file's bytes, on the storage host or, for small files, on the hub itself."""
        return [asked for asked in self.asked if asked.method == "GET" and asked.path.endswith(path)]

    def fetched(self) -> list[Asked]:
        """Requests for the bytes of any file."""
        return [asked for asked in self.asked if asked.method == "GET" and not asked.path.startswith("/api/")]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            head = self.headers
            hub.asked.append(
                Asked(self.command, self.path, head.get("Range"), head.get("Authorization"), head.get("Host"))
            )
            is_storage = self.path.startswith("/storage/")
            repository, path = self._split(is_storage)
            content, fault = hub.files.get((repository, path)), self._fault(path, with_body=with_body)
            if fault.status is not None:
                return self._refuse(fault.status, fault.headers)
            if hub.needed_token and not is_storage and head.get("Authorization") != f"Bearer {hub.needed_token}":
                return self._refuse(401, {"X-Error-Code": "GatedRepo"})
            if content is None:
                return self._refuse(404, {"X-Error-Code": "EntryNotFound"})
            if len(content) >= LFS_BYTES and not is_storage:
                return self._redirect(repository, path, content)
            return self._send(content, fault, with_body=with_body)

        def _split(self, is_storage: bool) -> tuple[str, str]:
            parts = self.path.lstrip("/").split("/")
            if is_storage:
                return "/".join(parts[1:3]), "/".join(parts[3:])
            return "/".join(parts[:2]), "/".join(parts[4:])  # owner/name/resolve/revision/path

        def _fault(self, path: str, *, with_body: bool) -> Fault:
            fault = hub.faults.get(path, Fault())
            if fault.times <= 0 or (fault.status is None and not with_body):
                return Fault()
            is_storage = self.path.startswith("/storage/")
            if fault.status is not None or is_storage or len(hub.files.get(self._split(False), b"")) < LFS_BYTES:
                fault.times -= 1
            return fault

        def _refuse(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status, HTTPStatus(status).phrase)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _redirect(self, repository: str, path: str, content: bytes) -> None:
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{hub.port}/storage/{repository}/{path}")
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("X-Linked-Size", str(len(content)))
            self.send_header("X-Linked-ETag", f'"{sha256(content)}"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, content: bytes, fault: Fault, *, with_body: bool) -> None:
            etag = git_sha1(content) if len(content) < LFS_BYTES else sha256(content)
            body = content if fault.content is None else fault.content
            asked = self.headers.get("Range")
            begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and not fault.ignores_range else 0
            self.send_response(206 if begin else 200)
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{etag}"')
            self.send_header("Content-Length", str(len(body) - begin))
            if begin:
                self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
            self.end_headers()
            if not with_body:
                return
            if fault.cut_after is None:
                self.wfile.write(body[begin:])
            else:
                self.wfile.write(body[begin : begin + fault.cut_after])
                self.wfile.flush()
                self.close_connection = True

    return Handler
