"""A server on Python's websockets that sends every message to all: what the kit's own tests connect clients to."""

import asyncio
import sys

import websockets

members = set()


async def member(socket):
    members.add(socket)
    try:
        async for text in socket:
            for other in list(members):
                await other.send(text)
    finally:
        members.discard(socket)


async def main():
    async with websockets.serve(member, "127.0.0.1", 0) as server:
        port = list(server.sockets)[0].getsockname()[1]
        print(f'{{"event":"open","port":{port}}}', flush=True)
        # Ends with the test, which closes stdin.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        for other in list(members):
            await other.close(4000, "stopping")


asyncio.run(main())
