"""A bot on the MessagePack TCP form, written from docs/protocol.md with Python's msgpack.

It takes and tells messages in their JSON shape, so that a test compares it with JSON clients as they are.
"""

import asyncio
import struct
import urllib.parse

import msgpack

from driven import serve, tell

PREFACE = b"fastchat.msgpack.v1"

# Fields in the order of their places, from place 1 on.
COMMANDS = {
    "join": (1, ["id", "room", "user", "key", "token", "since", "limit"]),
    "leave": (2, ["id", "room"]),
    "msg": (3, ["id", "room", "text", "data", "kind", "flags"]),
    "typing": (4, ["room", "on"]),
    "presence": (5, ["id", "room", "cursor"]),
    "history": (6, ["id", "room", "before", "limit"]),
    "ping": (7, []),
    "pong": (8, []),
}
ANSWERS = {
    1: ("join", ["room", "user", "ts"]),
    2: ("leave", ["room", "user", "ts"]),
    3: ("msg", ["room", "epoch", "offset", "ts", "user", "text", "data", "kind", "id"]),
    4: ("typing", ["room", "user", "on"]),
    5: ("presence", ["id", "room", "version", "count", "users", "next"]),
    6: ("history", ["id", "room", "epoch", "offset", "recovered", "more", "you", "messages"]),
    7: ("ping", []),
    8: ("pong", ["ts"]),
    16: ("ack", ["id", "room", "epoch", "offset"]),
    17: ("error", ["code", "message", "id", "room", "retryAfterMs", "suggestion"]),
    18: ("position", ["room", "epoch", "offset"]),
    19: ("gap", ["room", "epoch", "from", "to"]),
    20: ("close", ["code", "reason", "reconnect", "delayMs"]),
}


def to_array(message):
    number, fields = COMMANDS[message["type"]]
    payload = dict(message.get("payload") or {})
    if since := payload.get("since"):
        payload["since"] = [since["epoch"], since["offset"]]
    if flags := (1 if payload.pop("ephemeral", False) else 0) | (2 if payload.pop("excludeSelf", False) else 0):
        payload["flags"] = flags
    array = [number] + [payload.get(field) for field in fields]
    while array[-1] is None:
        array.pop()
    return array


def to_payload(fields, array):
    return {field: value for field, value in zip(fields, array[1:]) if value is not None}


def to_message(array):
    if array[0] not in ANSWERS:
        return None
    name, fields = ANSWERS[array[0]]
    payload = to_payload(fields, array)
    if name == "history":
        payload["messages"] = [to_payload(ANSWERS[3][1], entry) for entry in payload["messages"]]
        if "you" in payload:
            payload["you"] = dict(zip(["user", "key"], payload["you"]))
    # In JSON these two carry their fields beside the type.
    return {"type": name, **payload} if name in ("pong", "error") else {"type": name, "payload": payload}


class TcpConnection:
    async def connect(self, url):
        address = urllib.parse.urlsplit(url)
        self.reader, self.writer = await asyncio.open_connection(address.hostname, address.port)
        self.write_frame(PREFACE)

    def write_frame(self, payload):
        self.writer.write(struct.pack(">I", len(payload)) + payload)

    async def read_frame(self):
        (length,) = struct.unpack(">I", await self.reader.readexactly(4))
        return await self.reader.readexactly(length)

    async def send(self, message):
        self.write_frame(msgpack.packb(to_array(message)))
        await self.writer.drain()

    async def close(self):
        self.writer.close()

    async def receive(self):
        code, reason = 1006, ""
        try:
            preface = await self.read_frame()
            if preface != PREFACE:
                raise ValueError(f"Not a preface: {preface!r}")
            while True:
                unpacker = msgpack.Unpacker(raw=False, strict_map_key=False)
                unpacker.feed(await self.read_frame())
                for array in unpacker:
                    message = to_message(array)
                    if message is None:
                        continue
                    if message["type"] == "ping":
                        await self.send({"type": "pong"})
                    if message["type"] == "close":
                        code, reason = message["payload"]["code"], message["payload"].get("reason", "")
                    tell("message", message=message)
        except (asyncio.IncompleteReadError, ConnectionError) as end:
            if isinstance(end, asyncio.IncompleteReadError) and end.partial:
                reason = "truncated frame"
        self.writer.close()
        tell("closed", code=code, reason=reason)


asyncio.run(serve(TcpConnection()))
