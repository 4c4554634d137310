"""What the Python clients share: a test drives them with JSON lines on stdin and reads JSON lines from stdout.

   {"do":"connect","url":…,"deflate":…}   → {"event":"open"} or {"event":"failed","error":…}
   {"do":"send","message":{"type":…,"payload":…}}
   {"do":"close"}
At any time: {"event":"message","message":{…}}, {"event":"closed","code":…,"reason":…}.
"""

import asyncio
import json
import sys


def tell(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


async def serve(connection):
    """Carries out commands on `connection` (connect, send, close) until stdin ends."""
    commands = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    receiving = None
    while line := await commands.readline():
        command = json.loads(line)
        if command["do"] == "connect":
            try:
                await connection.connect(command["url"], **{name: command[name] for name in ("deflate",) if name in command})
            except Exception as error:  # Whatever it is, the test is told.
                tell("failed", error=f"{type(error).__name__}: {error}")
                continue
            tell("open")
            receiving = asyncio.ensure_future(connection.receive())
        elif command["do"] == "send":
            await connection.send(command["message"])
        elif command["do"] == "close":
            await connection.close()
        else:
            raise ValueError(f"Unknown command: {line}")
    if receiving:
        receiving.cancel()
