"""A small balancer before several webhooks: a living one by turns, 502 when there is none."""

import socket
import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

HOST = "127.0.0.1"
NOBODY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PATIENCE = 65.0


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(number)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Balancer(socketserver.ThreadingTCPServer):
    """Passes each request on over a connection of its own."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, ports: Sequence[int]) -> None:
        super().__init__((HOST, 0), _Handler)
        self._ports = ports
        self._turns = count()
        self.refused = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def pass_on(self, request: bytes) -> bytes:
        """The answer of the next process that is there."""
        first = next(self._turns)
        for place in range(len(self._ports)):
            port = self._ports[(first + place) % len(self._ports)]
            try:
                with socket.create_connection((HOST, port), PATIENCE) as process:
                    process.sendall(request)
                    return _all(process) or NOBODY
            except ConnectionRefusedError:
                continue
            except OSError:
                return NOBODY  # it has had the request, and may have stored it
        self.refused += 1
        return NOBODY


def _all(process: socket.socket) -> bytes:
    parts = []
    while part := process.recv(65536):
        parts.append(part)
    return b"".join(parts)


class _Handler(socketserver.StreamRequestHandler):
    server: Balancer

    def handle(self) -> None:
        head = [self.rfile.readline()]
        length = 0
        while (line := self.rfile.readline()).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            if name.lower() != b"connection":
                head.append(line)
        if head[0]:
            body = self.rfile.read(length)
            request = b"".join([*head, b"Connection: close\r\n\r\n", body])
            self.wfile.write(self.server.pass_on(request))


@contextmanager
def balancer(ports: Sequence[int]) -> Iterator[Balancer]:
    """A balancer before the processes at these ports."""
    with Balancer(ports) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.1,), name="balancer")
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()
