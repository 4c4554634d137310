"""A JSON client built on Python's websockets."""

import asyncio
import json

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from driven import serve, tell


class JsonConnection:
    async def connect(self, url, deflate=None):
        if deflate is None:
            self.socket = await websockets.connect(url)
        elif deflate is False:
            self.socket = await websockets.connect(url, compression=None)
        else:
            self.socket = await websockets.connect(url, extensions=[ClientPerMessageDeflateFactory(**deflate)])

    async def send(self, message):
        await self.socket.send(json.dumps(message))

    async def close(self):
        await self.socket.close()

    async def receive(self):
        try:
            while True:
                tell("message", message=json.loads(await self.socket.recv()))
        except websockets.ConnectionClosed as closed:
            frame = closed.rcvd or closed.sent
            tell("closed", code=frame.code if frame else 1006, reason=frame.reason if frame else "")


asyncio.run(serve(JsonConnection()))
