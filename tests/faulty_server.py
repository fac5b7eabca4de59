"""A local HTTP server that fails in the ways in which the mirrors of data sets fail."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTENT = bytes(range(256)) * 400


@dataclass
class FaultyServer:
    base: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    released: threading.Event = field(default_factory=threading.Event)

    def url(self, fault: str) -> str:
        return f"{self.base}/{fault}"


def _handler(server: FaultyServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            fault = self.path.lstrip("/")
            server.hits[fault] += 1
            early = server.hits[fault] < 3
            if fault in ("403", "404", "500") or (fault == "503-twice" and early):
                self.send_error(int(fault[:3]))
                return
            content = server.files.get(fault, CONTENT)
            body = content[:-1] + b"X" if fault == "wrong" else content
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if fault == "truncated" or (fault == "truncated-twice" and early):
                body = body[: len(body) // 2]
            if fault == "stalled":
                self.wfile.write(body[:100])
                self.wfile.flush()
                server.released.wait(10)
                return
            self.wfile.write(body)

    return Handler


@contextmanager
def faulty_server() -> Iterator[FaultyServer]:
    """Serve until the block ends; the fault is the path that is asked for."""
    server = FaultyServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.base = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        http.shutdown()
        http.server_close()
        thread.join()
