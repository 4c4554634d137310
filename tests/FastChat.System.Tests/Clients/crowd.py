"""Holds many TCP connections in one room and reads what comes: crowd.py HOST PORT COUNT ROOM. Says "joined" when all are in."""

import selectors
import socket
import sys

PREFACE = b"\x00\x00\x00\x13fastchat.msgpack.v1"


def text(value: str) -> bytes:
    return bytes([0xA0 | len(value)]) + value.encode()


def frame(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


def main() -> None:
    host, port, count, room = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    selector = selectors.DefaultSelector()
    for i in range(count):
        connection = socket.create_connection((host, port))
        connection.sendall(PREFACE + frame(b"\x94\x01\xc0" + text(room) + text(f"doomed-{i}")))
        selector.register(connection, selectors.EVENT_READ, [])
    joined = 0
    while True:
        for key, _ in selector.select():
            received = key.fileobj.recv(65536)
            if not received:
                raise SystemExit("the gateway hung up")
            start = key.data
            if start is None:
                continue
            start.append(received)
            # The preface, then the history that answers the join.
            if len(b"".join(start)) > len(PREFACE) + 4:
                selector.modify(key.fileobj, selectors.EVENT_READ, None)
                joined += 1
                if joined == count:
                    print("joined", flush=True)


main()
