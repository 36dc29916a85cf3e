"""Daphne with patience: every write waits until the transport has room, so that a stalled reader costs no memory.

A plain Daphne hands everything to Twisted's buffers at once (django/daphne#170). Here a push producer on the transport
opens and closes a gate, and a reply waits at the gate before it is written.
"""

import asyncio
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.server import Server
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from studio.streaming import Feed, StreamedRequest

# How long a reader may take nothing at all before its connection is dropped.
STALL_SECONDS = 120.0
# The sockets have limits of their own, below this; what is longer is not even gathered to be measured.
LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024
CLOSE_SECONDS = 10.0
# Gone, not understood, against the rules, too large, too slow.
RULE_CODES = (1001, 1003, 1008, 1009, 1013)


@implementer(IPushProducer)
class Gate:
    """Open while the transport wants more. Twisted calls pause and resume; after `stopProducing` nobody is there."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self.is_gone = False

    def pauseProducing(self) -> None:
        self._open.clear()

    def resumeProducing(self) -> None:
        self._open.set()

    def stopProducing(self) -> None:
        self.is_gone = True
        self._open.set()

    async def passed(self, *, seconds: float) -> bool:
        """Wait for room. False when the reader went away, or took nothing for `seconds`."""
        if not self._open.is_set():
            try:
                await asyncio.wait_for(self._open.wait(), seconds)
            except TimeoutError:
                return False
        return not self.is_gone


class PacedServer(Server):
    """Daphne's server; `handle_reply` waits for the transport."""

    def __init__(self, *arguments: Any, stall_seconds: float = STALL_SECONDS, **options: Any) -> None:
        super().__init__(*arguments, ready_callable=self._tune, **options)
        self.stall_seconds = stall_seconds
        self.gates: dict[Any, Gate] = {}

    def _tune(self) -> None:
        """A socket that breaks a rule is told which by its close code; a message without an end is not gathered."""
        self.ws_factory.setProtocolOptions(
            failByDrop=False,
            # Its answer to our close lies behind all that it has sent already; a cut would swallow the code.
            closeHandshakeTimeout=CLOSE_SECONDS,
            maxMessagePayloadSize=LARGEST_MESSAGE_BYTES,
        )
        build = self.http_factory.buildProtocol

        def build_streaming(address: Any) -> Any:
            protocol = build(address)
            protocol.requestFactory = StreamedRequest
            return protocol

        self.http_factory.buildProtocol = build_streaming

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        queue = super().create_application(protocol, scope)
        if queue is None or not getattr(protocol, "is_streamed", False):
            return queue
        protocol.feed = queue
        return Feed(queue)

    def protocol_disconnected(self, protocol: Any) -> None:
        super().protocol_disconnected(protocol)
        gate = self.gates.pop(protocol, None)
        if gate is not None:
            gate.stopProducing()

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        kind, has_more = message["type"], message.get("more_body", False)
        if kind == "websocket.send" or (kind == "http.response.body" and (has_more or protocol in self.gates)):
            gate = self._gate_of(protocol)
            if gate is not None and not await gate.passed(seconds=self.stall_seconds):
                self._drop(protocol)
                return
        if kind == "http.response.body" and not has_more:
            self._unregister(protocol)
        if kind == "websocket.send" and protocol.state in (protocol.STATE_CLOSING, protocol.STATE_CLOSED):
            return
        if kind == "websocket.close" and self._close_by_rule(protocol, message.get("code") or 1000):
            return
        await super().handle_reply(protocol, message)

    def kill_all_applications(self) -> Any:
        """Daphne expects an application behind every connection; one that waits for its next request has none."""
        for protocol in [known for known, details in self.connections.items() if "application_instance" not in details]:
            del self.connections[protocol]
        return super().kill_all_applications()

    def _gate_of(self, protocol: Any) -> Gate | None:
        """The gate of a connection that is open, made at its first write."""
        details = self.connections.get(protocol)
        if details is None or details.get("disconnected"):
            return None
        if protocol not in self.gates:
            gate = self.gates[protocol] = Gate()
            self._register(protocol, gate)
        return self.gates[protocol]

    def _close_by_rule(self, protocol: Any, code: int) -> bool:
        """Autobahn lets applications close with 1000 and 3000–4999 alone; those of the rules are sent past it."""
        is_open = protocol in self.connections and protocol.state == protocol.STATE_OPEN
        if is_open and code in RULE_CODES:
            protocol.sendCloseFrame(code=code)
            return True
        return False

    def _register(self, protocol: Any, gate: Gate) -> None:
        if isinstance(protocol, WebRequest):
            protocol.registerProducer(gate, True)
        else:  # the HTTP channel was the producer of this transport until the handshake
            protocol.transport.unregisterProducer()
            protocol.transport.registerProducer(gate, True)

    def _unregister(self, protocol: Any) -> None:
        """Twisted finishes a response only without a producer."""
        gate = self.gates.pop(protocol, None)
        if gate is not None and not gate.is_gone:
            protocol.unregisterProducer()

    def _drop(self, protocol: Any) -> None:
        """Cut a connection whose reader is gone or takes nothing."""
        self.gates.pop(protocol, None)
        if protocol.transport is not None:
            protocol.transport.abortConnection()


def serve(application: Any, *, host: str, port: int, behind_proxy: bool = False) -> None:
    """Serve until SIGINT or SIGTERM."""
    interface = host.replace(":", "\\:")
    PacedServer(
        application,
        endpoints=[f"tcp:port={port}:interface={interface}"],
        server_name="phosphene",
        http_timeout=None,
        proxy_forwarded_address_header="X-Forwarded-For" if behind_proxy else None,
        proxy_forwarded_proto_header="X-Forwarded-Proto" if behind_proxy else None,
    ).run()
