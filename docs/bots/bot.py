import asyncio, json, sys, websockets  # Debian: apt install python3-websockets
async def main(url="ws://localhost:8000/ws"):
    async with websockets.connect(url) as chat:
        await chat.send(json.dumps({"type": "join", "payload": {"user": "py-bot"}}))
        async for line in chat:
            message = json.loads(line)
            said = message.get("payload", {})
            if message["type"] == "msg" and said.get("text") == "!hello":
                await chat.send(json.dumps({"type": "msg", "payload": {"text": f"Hello, {said['user']}!"}}))
asyncio.run(main(*sys.argv[1:]))
