// Against a real WebSocket server: the gateway at FASTCHAT_URL if that is set, else the small one of the test kit.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import test, { after, before } from 'node:test';
import NodeWebSocket from 'ws';
import { ExtData, FastChat } from '../fastchat.js';
import { TestGateway } from './kit/gateway.js';
import { collect } from './kit/until.js';

let gateway = null;
let url = process.env.FASTCHAT_URL;
const clients = [];
const run = Math.random().toString(36).slice(2, 8);
let count = 0;
const unique = (name) => `${name}-${run}-${++count}`;

before(async () => {
  if (url !== undefined) return;
  gateway = await TestGateway.start();
  url = gateway.url;
});

after(async () => {
  for (const chat of clients) chat.close();
  await gateway?.stop();
});

/** A client whose connection `chat.cut()` cuts without a close frame. */
async function client(options = {}) {
  let socket;
  class WebSocket extends NodeWebSocket {
    constructor(...given) {
      super(...given);
      socket = this;
    }
  }
  const chat = new FastChat(url, { user: unique('user'), WebSocket, backoffBaseMs: 5, ...options });
  chat.cut = () => socket.terminate();
  clients.push(chat);
  await chat.connect();
  return chat;
}

test('Two members see the same messages in the same order, each with its ack', async () => {
  const roomId = unique('room');
  const rooms = await Promise.all([client(), client()].map(async (chat) => (await chat).join(roomId)));
  const seen = rooms.map((room) => collect(room, 'message'));
  const acks = await Promise.all(Array.from({ length: 20 }, (_, i) => rooms[i % 2].publish(`message ${i}`)));
  for (const messages of seen) await messages.until(20);
  const line = ({ epoch, offset, user, text, ts, kind }) => `${epoch} ${offset} ${user} ${text} ${ts} ${kind}`;
  assert.deepEqual(seen[0].map(line), seen[1].map(line));
  assert.deepEqual(seen[0].map(({ offset }) => offset), Array.from({ length: 20 }, (_, i) => i + 1));
  for (const { id, offset, epoch } of acks) {
    const [mine, theirs] = acks.findIndex((ack) => ack.id === id) % 2 === 0 ? seen : [...seen].reverse();
    const message = mine.find((each) => each.offset === offset);
    assert.equal(message.epoch, epoch);
    assert.equal(message.id, id);
    assert.equal(theirs.find((each) => each.offset === offset).id, null, 'the id is told to its author only');
  }
});

test('Who joins later gets the newest messages as history', async () => {
  const first = await (await client()).join(unique('room'));
  for (let i = 1; i <= 5; i++) await first.publish(`m${i}`);
  const chat = await client();
  const histories = collect(chat, 'history');
  const room = await chat.join(first.id, { limit: 3 });
  const [{ messages, more, you }] = await histories.until(1);
  assert.deepEqual(messages.map(({ text }) => text), ['m3', 'm4', 'm5']);
  assert.equal(more, true);
  assert.equal(you.user, chat.user);
  assert.equal(room.position.offset, 5);
  const older = await room.history({ before: 3, limit: 10 });
  assert.deepEqual(older.messages.map(({ text }) => text), ['m1', 'm2']);
  assert.equal(older.more, false);
  assert.equal(older.offset, 5);
});

test('A repeated id is stored once and answered with the same offset', async () => {
  const room = await (await client()).join(unique('room'));
  const messages = collect(room, 'message');
  const first = await room.publish({ text: 'once', id: 'the-id' });
  const second = await room.publish({ text: 'once', id: 'the-id' });
  assert.deepEqual(second, first);
  await room.publish('end');
  await messages.until(2);
  assert.deepEqual(messages.map(({ text }) => text), ['once', 'end']);
});

test('A connection that is cut loses nothing and repeats nothing', async () => {
  const roomId = unique('room');
  const [sender, receiver] = await Promise.all([client(), client()]);
  const [from, to] = [await sender.join(roomId), await receiver.join(roomId)];
  const [sent, received] = [collect(from, 'message'), collect(to, 'message')];
  const acks = [];
  for (let i = 0; i < 30; i++) {
    acks.push(from.publish(`m${i}`));
    if (i % 7 === 3) sender.cut();
    if (i % 11 === 5) receiver.cut();
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  await Promise.all(acks);
  await sent.until(30);
  await received.until(30);
  const texts = Array.from({ length: 30 }, (_, i) => `m${i}`);
  assert.deepEqual(sent.map(({ text }) => text), texts);
  assert.deepEqual(received.map(({ text }) => text), texts);
});

test('A held name is refused with a free one, and the connection stays open', async () => {
  const holder = await client();
  await holder.join(unique('room'));
  const other = await client({ user: holder.user });
  const refusal = await other.join('lobby').then(() => null, (error) => error);
  assert.equal(refusal.code, 'name_taken');
  assert.equal(typeof refusal.suggestion, 'string');
  assert.notEqual(refusal.suggestion, holder.user);
  assert.equal(other.state, 'connected');
  const tab = await client({ user: holder.user, key: holder.key });
  assert.equal((await tab.join('lobby')).state, 'joined', 'who shows the key is the same person');
});

test('Data comes back the same: binary, ext, times, and integers beyond 2^53', async () => {
  const roomId = unique('room');
  const [from, to] = [await (await client()).join(roomId), await (await client()).join(roomId)];
  const messages = collect(to, 'message');
  const data = {
    max: 2n ** 64n - 1n, min: -(2n ** 63n), safe: Number.MAX_SAFE_INTEGER, odd: 2n ** 53n + 1n, big: 2 ** 40, half: 0.5, nan: Number.NaN,
    bin: new Uint8Array([0, 1, 255]), ext: new ExtData(42, new Uint8Array([1, 2, 3])), when: new Date(1_700_000_000_123),
    exact: new ExtData(-1, new Uint8Array([0, 0, 0, 4, 101, 0, 0, 0])), list: [null, true, 'é😀', [[[]]], {}],
  };
  await from.publish({ data, kind: 'test/data' });
  const [message] = await messages.until(1);
  assert.deepEqual(message.data, data);
  assert.equal(message.text, null);
  assert.equal(message.kind, 'test/data');
});

test('Who excludes itself does not see its own message, and its position still moves', async () => {
  const roomId = unique('room');
  const [from, to] = [await (await client()).join(roomId), await (await client()).join(roomId)];
  const [mine, theirs] = [collect(from, 'message'), collect(to, 'message')];
  await from.publish({ text: 'hidden', excludeSelf: true });
  await from.publish('seen');
  await mine.until(1);
  await theirs.until(2);
  assert.deepEqual(mine.map(({ text }) => text), ['seen']);
  assert.deepEqual(theirs.map(({ text }) => text), ['hidden', 'seen']);
  assert.equal(from.position.offset, 2);
});

test('Ephemeral messages, typing, coming and going are told, and who is here', async () => {
  const roomId = unique('room');
  const [ann, bob] = await Promise.all([client(), client()]);
  const room = await ann.join(roomId);
  const [joins, typings, leaves, messages] = ['join', 'typing', 'leave', 'message'].map((type) => collect(room, type));
  const other = await bob.join(roomId);
  await joins.until((all) => all.some(({ user }) => user === bob.user));
  other.typing();
  await typings.until((all) => all.some(({ user, on }) => user === bob.user && on));
  await other.publish({ data: { x: 1 }, kind: 'cursor', ephemeral: true });
  const [cursor] = await messages.until(1);
  assert.deepEqual([cursor.offset, cursor.epoch, cursor.kind, cursor.data], [null, null, 'cursor', { x: 1 }]);
  const { users, count: people, next } = await room.presence();
  assert.deepEqual([...users].sort(), [ann.user, bob.user].sort());
  assert.equal(people, 2);
  assert.equal(next, null);
  await other.leave();
  await leaves.until((all) => all.some(({ user }) => user === bob.user));
  assert.equal(other.state, 'left');
  assert.equal(room.position.offset, 0);
});

test('Several rooms share one connection', async () => {
  const chat = await client();
  const rooms = await Promise.all([chat.join(unique('room')), chat.join(unique('room'))]);
  const messages = collect(chat, 'message');
  await Promise.all(rooms.map((room) => room.publish(room.id)));
  await messages.until(2);
  assert.ok(messages.every(({ room, text, offset }) => room === text && offset === 1));
  assert.deepEqual([...chat.rooms.keys()].sort(), rooms.map(({ id }) => id).sort());
});

test('The bot of the README greets, and ends once its client is closed', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, bot] = readme.match(/```js\n(import WebSocket[^]*?)```/);
  assert.equal(bot.trim().split('\n').length, 10);
  const roomId = unique('room');
  const room = await (await client()).join(roomId);
  const messages = collect(room, 'message');
  const here = bot
    .replace("'@fastchat/client'", "'./fastchat.js'")
    .replace('ws://localhost:8000', url).replace("'echo-bot'", `'${unique('bot')}'`).replace("'lobby'", `'${roomId}'`);
  assert.ok(here.includes(roomId) && here.includes(url));
  const joins = collect(room, 'join');
  const program = spawn(process.execPath, ['--input-type=module', '-e', here], { cwd: new URL('..', import.meta.url), stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  program.stderr.on('data', (text) => { complaints += text; });
  const ended = once(program, 'exit');
  await Promise.race([joins.until(1), ended]);
  await room.publish('!echo hello');
  await Promise.race([messages.until((all) => all.some(({ text }) => text === 'hello')), ended]);
  await room.publish('!quit');
  const [code] = await ended;
  assert.equal(code, 0, complaints);
  assert.deepEqual(messages.map(({ text }) => text), ['!echo hello', 'hello', '!quit'], complaints);
});
