// A JSON client built on npm's ws. A test drives it: commands are JSON lines on stdin, events are JSON lines on stdout.
//   {"do":"connect","url":…,"deflate":…}   → {"event":"open"} or {"event":"failed","error":…}
//   {"do":"send","message":{"type":…,"payload":…}}
//   {"do":"close"}
// At any time: {"event":"message","message":{…}}, {"event":"closed","code":…,"reason":…}.
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

let socket;

function tell(event) {
  process.stdout.write(JSON.stringify(event) + '\n');
}

function connect(url, perMessageDeflate = true) {
  let opened = false;
  socket = new WebSocket(url, { perMessageDeflate });
  socket.on('open', () => {
    opened = true;
    tell({ event: 'open' });
  });
  socket.on('message', (data, isBinary) => {
    if (isBinary) throw new Error('A JSON client was sent a binary message');
    tell({ event: 'message', message: JSON.parse(data.toString()) });
  });
  socket.on('error', (error) => {
    if (!opened) tell({ event: 'failed', error: error.message });
  });
  socket.on('close', (code, reason) => {
    if (opened) tell({ event: 'closed', code, reason: reason.toString() });
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === 'connect') connect(command.url, command.deflate);
  else if (command.do === 'send') socket.send(JSON.stringify(command.message));
  else if (command.do === 'close') socket.close();
  else throw new Error(`Unknown command: ${line}`);
}
socket?.terminate();
