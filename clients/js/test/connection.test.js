import assert from 'node:assert/strict';
import test from 'node:test';
import { FastChat, FastChatError } from '../fastchat.js';
import { FakeClock, fakeWebSocket, settled } from './kit/fakes.js';

/** A client on fakes; its random numbers are all `random`. */
function fake(options = {}) {
  const clock = new FakeClock();
  const WebSocket = fakeWebSocket();
  const states = [];
  const chat = new FastChat('http://gateway.test', { user: 'ann', WebSocket, clock, random: () => 0.5, ...options });
  chat.on('state', (change) => states.push(change));
  return { chat, clock, WebSocket, states };
}

async function connected(options) {
  const all = fake(options);
  const connecting = all.chat.connect();
  await settled();
  all.WebSocket.last.open();
  await connecting;
  return all;
}

test('Connecting goes to /ws with the subprotocol and tells its states', async () => {
  const { chat, WebSocket, states } = await connected();
  assert.equal(WebSocket.last.url, 'ws://gateway.test/ws');
  assert.equal(WebSocket.last.protocol, 'fastchat.msgpack.v1');
  assert.equal(WebSocket.last.binaryType, 'arraybuffer');
  assert.deepEqual(states.map(({ state }) => state), ['connecting', 'connected']);
  chat.close();
  assert.equal(chat.state, 'closed');
  assert.equal(WebSocket.last.closedWith, 1000);
});

test('Addresses are completed, and refused when they cannot work', () => {
  const WebSocket = class { constructor(url) { this.url = url; WebSocket.url = url; } close() {} };
  for (const [given, url] of [['wss://a.b/x/ws?y=1#z', 'wss://a.b/x/ws?y=1'], ['https://a.b', 'wss://a.b/ws'], ['ws://a.b:81/', 'ws://a.b:81/ws']]) {
    const chat = new FastChat(given, { WebSocket });
    chat.connect();
    assert.equal(WebSocket.url, url);
    chat.close();
  }
  for (const given of ['no url', 'ftp://a.b']) assert.throws(() => new FastChat(given, { WebSocket }), { name: 'FastChatError', code: 'invalid_field' });
});

test('Without any WebSocket the error says what to give', (t) => {
  const { WebSocket } = globalThis;
  t.after(() => { if (WebSocket !== undefined) globalThis.WebSocket = WebSocket; });
  delete globalThis.WebSocket;
  assert.throws(() => new FastChat('ws://a.b'), (error) => error instanceof FastChatError && error.code === 'no_websocket' && error.message.includes("from 'ws'"));
});

test('Delays before reconnecting are spread from the first on, double, and stay below the cap', async () => {
  const { chat, clock, WebSocket, states } = await connected();
  WebSocket.last.end();
  for (let failure = 0; failure < 9; failure++) {
    const { state, delayMs, attempt, error } = states.at(-1);
    assert.equal(state, 'waiting');
    assert.equal(delayMs, Math.min(20_000, 200 * 2 ** failure) / 2);
    assert.equal(attempt, failure + 1);
    assert.equal(error.code, 'connection_lost');
    const { length } = WebSocket.sockets;
    await clock.advance(delayMs - 1);
    assert.equal(WebSocket.sockets.length, length);
    await clock.advance(1);
    assert.equal(WebSocket.sockets.length, length + 1);
    WebSocket.last.end();
  }
  chat.close();
});

test('Delays begin anew only after a connection that lasted', async () => {
  const { chat, clock, WebSocket, states } = await connected();
  const reconnect = async (livedMs) => {
    await clock.advance(states.at(-1).delayMs);
    WebSocket.last.open();
    await clock.advance(livedMs);
    WebSocket.last.end();
    return states.at(-1).delayMs;
  };
  WebSocket.last.end();
  assert.equal(await reconnect(4_999), 200);
  assert.equal(await reconnect(4_999), 400);
  assert.equal(await reconnect(5_000), 100);
  chat.close();
});

test('A close message names the delay, and what follows it is not heard', async () => {
  const { chat, clock, WebSocket, states } = await connected();
  const socket = WebSocket.last;
  socket.receive([20, 4000, 'Draining', true, 1234], [20, 4500, 'BadMessage', false, 0]);
  socket.end(1000);
  assert.equal(states.at(-1).state, 'waiting');
  assert.equal(states.at(-1).delayMs, 1234);
  assert.equal(states.at(-1).error.closeCode, 4000);
  await clock.advance(1234);
  assert.equal(WebSocket.sockets.length, 2);
  chat.close();
});

for (const [code, comesBack] of [[1000, true], [1001, true], [1006, true], [1011, true], [4000, true], [4008, true], [4499, true], [4500, false], [4999, false]]) {
  test(`After close code ${code} the client ${comesBack ? 'comes back' : 'stays away'}`, async () => {
    const { chat, clock, WebSocket, states } = await connected();
    WebSocket.last.end(code, 'why');
    await clock.advance(60_000);
    assert.equal(states.some(({ state }) => state === 'waiting'), comesBack);
    if (!comesBack) {
      assert.equal(states.at(-1).state, 'closed');
      assert.equal(states.at(-1).error.closeCode, code);
      assert.equal(clock.timers, 0);
    }
    chat.close();
  });
}

test('A close message that forbids to come back ends joins and publishes', async () => {
  const { chat, WebSocket } = await connected();
  const joining = chat.join('lobby');
  WebSocket.last.receive([20, 4501, 'UnknownProtocol', false, 0]);
  await assert.rejects(joining, { code: 'closed', room: 'lobby' });
  await assert.rejects(chat.join('lobby'), { code: 'closed' });
  assert.equal(chat.rooms.size, 0);
});

test('Connecting can be given up, and connect fails then', async () => {
  const { chat, clock } = fake();
  const connecting = chat.connect();
  await settled();
  chat.close();
  await assert.rejects(connecting, { code: 'closed' });
  assert.equal(clock.timers, 0);
});

test('connect() while waiting tries at once', async () => {
  const { chat, clock, WebSocket } = await connected();
  WebSocket.last.end();
  const connecting = chat.connect();
  await settled();
  assert.equal(WebSocket.sockets.length, 2);
  WebSocket.last.open();
  await connecting;
  await clock.advance(10_000);
  assert.equal(WebSocket.sockets.length, 2, 'the old delay must not open another');
  chat.close();
});

test('A handshake that is never answered counts as lost', async () => {
  const { chat, clock, WebSocket, states } = fake();
  chat.connect().catch(() => {});
  await clock.advance(19_999);
  assert.equal(states.at(-1).state, 'connecting');
  await clock.advance(1);
  assert.equal(states.at(-1).state, 'waiting');
  assert.equal(WebSocket.last.closedWith, 1000);
  WebSocket.last.open(); // too late: nobody listens
  assert.equal(chat.state, 'waiting');
  chat.close();
});

test('Silence is broken by a ping, and a ping without answer ends the connection', async () => {
  const { chat, clock, WebSocket, states } = await connected();
  await clock.advance(20_000);
  WebSocket.last.receive([8, 1]);
  await clock.advance(24_999);
  assert.deepEqual(WebSocket.last.sent, []);
  await clock.advance(1);
  assert.deepEqual(WebSocket.last.sent, [[7]]);
  await clock.advance(19_999);
  WebSocket.last.receive([8, 2]);
  await clock.advance(25_000);
  assert.deepEqual(WebSocket.last.sent, [[7], [7]]);
  await clock.advance(20_000);
  assert.equal(states.at(-1).state, 'waiting');
  chat.close();
});

test('A ping of the gateway is answered', async () => {
  const { chat, WebSocket } = await connected();
  WebSocket.last.receive([7]);
  assert.deepEqual(WebSocket.last.sent, [[8]]);
  chat.close();
});

test('Malformed bytes and text end the connection, which is then made again', async () => {
  for (const spoil of [(socket) => socket.receiveBytes([0xc1]), (socket) => socket.onmessage({ data: 'text' })]) {
    const { chat, WebSocket, states } = await connected();
    spoil(WebSocket.last);
    assert.equal(states.at(-1).state, 'waiting');
    chat.close();
  }
});

test('The browser\'s network events probe a connection and shorten a wait', async (t) => {
  const target = new EventTarget();
  for (const name of ['addEventListener', 'removeEventListener']) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    globalThis[name] = target[name].bind(target);
    t.after(() => { if (before === undefined) delete globalThis[name]; else Object.defineProperty(globalThis, name, before); });
  }
  const { chat, clock, WebSocket, states } = await connected();
  target.dispatchEvent(new Event('offline'));
  target.dispatchEvent(new Event('offline'));
  assert.deepEqual(WebSocket.last.sent, [[7]]);
  await clock.advance(20_000);
  for (let i = 0; i < 6; i++) {
    await clock.advance(states.at(-1).delayMs);
    WebSocket.last.end();
  }
  assert.ok(states.at(-1).delayMs > 5000);
  target.dispatchEvent(new Event('online'));
  assert.equal(states.at(-1).delayMs, 100);
  await clock.advance(100);
  assert.equal(states.at(-1).state, 'connecting');
  chat.close();
  target.dispatchEvent(new Event('online'));
  assert.equal(chat.state, 'closed');
});

test('The guest key is loaded before the first connection, saved when given, and shown from then on', async () => {
  const saved = [];
  const keys = { load: async (user) => (user === 'ann' ? null : 'wrong'), save: async (user, key) => { saved.push([user, key]); } };
  const { chat, clock, WebSocket } = await connected({ keys });
  const joining = chat.join('lobby');
  const [, id, ...fields] = WebSocket.last.sent.at(-1);
  assert.deepEqual(fields, ['lobby', 'ann']);
  WebSocket.last.receive([6, id, 'lobby', 'e', 0, false, false, ['ann', 'k1'], []]);
  await settled();
  assert.deepEqual(saved, [['ann', 'k1']]);
  assert.equal(chat.key, 'k1');
  await joining;
  await clock.advance(0);
  WebSocket.last.end();
  chat.connect();
  WebSocket.last.open();
  assert.deepEqual(WebSocket.last.sent[0].slice(2, 5), ['lobby', 'ann', 'k1']);
  chat.close();
});

test('A store that fails does not keep anybody out', async () => {
  const keys = { load: () => { throw new Error('no storage'); }, save: () => { throw new Error('no storage'); } };
  const { chat, WebSocket } = await connected({ keys });
  const joining = chat.join('lobby');
  WebSocket.last.receive([6, WebSocket.last.sent.at(-1)[1], 'lobby', 'e', 0, false, false, ['ann', 'k1'], []]);
  await joining;
  assert.equal(chat.key, 'k1');
  chat.close();
});

test('After close nothing is left to keep a process alive', async () => {
  const { chat, clock, WebSocket } = await connected();
  chat.join('a').catch(() => {});
  const [, id] = WebSocket.last.sent.at(-1);
  WebSocket.last.receive([6, id, 'a', 'e', 0, false, false, ['ann', 'k'], []]);
  await clock.advance(0);
  const room = chat.rooms.get('a');
  const failures = [room.publish('x'), room.presence(), room.history()].map((promise) => promise.catch((error) => error.code));
  await settled();
  chat.close();
  assert.deepEqual(await Promise.all(failures), ['outcome_unknown', 'closed', 'closed']);
  assert.equal(clock.timers, 0);
});
