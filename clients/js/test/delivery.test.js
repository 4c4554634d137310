// Order and loss: what is told once, what is told as lost, and what a reconnect asks for. The gateway's side is the test itself.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FastChat } from '../fastchat.js';
import { FakeClock, fakeWebSocket, settled } from './kit/fakes.js';

const msg = (offset, more = {}) => {
  const { epoch = 'e', user = 'bob', text = `m${offset}`, data = null, kind = null, id = null } = more;
  return [3, 'r', epoch, offset, 1000 + offset, user, text, data, kind, id];
};
const history = (id, { epoch = 'e', offset = 0, recovered = false, more = false, messages = [] } = {}) =>
  [6, id, 'r', epoch, offset, recovered, more, ['ann', null], messages];

/** A client that asked for room r; `log` gets one line for each event of the room. */
async function joining(options = {}, join = {}) {
  const clock = new FakeClock();
  const WebSocket = fakeWebSocket();
  const chat = new FastChat('ws://gateway.test', { user: 'ann', key: 'k', WebSocket, clock, random: () => 0.5, ...options });
  const log = [];
  for (const source of ['message', 'history', 'gap', 'error', 'join', 'leave', 'typing', 'presence']) {
    chat.on(source, (detail) => log.push(lineOf(source, detail)));
  }
  const connecting = chat.connect();
  await settled();
  WebSocket.last.open();
  await connecting;
  const joined = chat.join('r', join);
  const all = { chat, clock, WebSocket, log, joined };
  all.commands = (type) => WebSocket.last.sent.filter((command) => command[0] === type);
  all.joinId = () => all.commands(1).at(-1)[1];
  all.since = () => all.commands(1).at(-1)[6];
  all.receive = (...messages) => WebSocket.last.receive(...messages);
  all.reconnect = async () => {
    WebSocket.last.end();
    chat.connect().catch(() => {});
    await settled();
    WebSocket.last.open();
  };
  return all;
}

function lineOf(type, detail) {
  if (type === 'message') return `${detail.text}@${detail.epoch}${detail.offset}`;
  if (type === 'history') return `history ${detail.messages.map(({ text }) => text).join(' ')}`.trim();
  if (type === 'gap') return `gap ${detail.epoch} ${detail.from}-${detail.to}`;
  if (type === 'error') return `error ${detail.code}`;
  return `${type} ${detail.user ?? detail.count}`;
}

async function joined(options, join, answer = {}) {
  const all = await joining(options, join);
  all.receive(history(all.joinId(), answer));
  all.room = await all.joined;
  await all.clock.advance(0);
  all.log.length = 0;
  return all;
}

test('The answer to a first join is told as history, then live messages follow', async () => {
  const { receive, joinId, log, joined: answer, clock } = await joining();
  receive(history(joinId(), { offset: 2, messages: [msg(1), msg(2)] }), msg(3));
  const room = await answer;
  assert.deepEqual(log, [], 'nothing is told before listeners can be added');
  assert.deepEqual(room.position, { epoch: 'e', offset: 2 });
  const early = [];
  room.on('history', ({ messages }) => early.push(...messages.map(({ offset }) => offset)));
  room.on('message', ({ offset }) => early.push(offset));
  await clock.advance(0);
  assert.deepEqual(early, [1, 2, 3]);
  assert.deepEqual(log, ['history m1 m2', 'm3@e3']);
  assert.deepEqual(room.position, { epoch: 'e', offset: 3 });
});

test('A message carries all that the gateway said', async () => {
  const { receive, room } = await joined();
  let told;
  room.addEventListener('message', ({ detail }) => { told = detail; });
  receive(msg(1, { data: { n: 7 }, kind: 'note', id: 'x' }));
  const { dataBytes, ...rest } = told;
  assert.deepEqual(rest, { room: 'r', epoch: 'e', offset: 1, ts: 1001, user: 'bob', text: 'm1', data: { n: 7 }, kind: 'note', id: 'x' });
  assert.deepEqual([...dataBytes], [0x81, 0xa1, 0x6e, 7]);
});

test('Each offset is told at most once, ascending', async () => {
  const { receive, log } = await joined({}, {}, { offset: 5 });
  receive(msg(4), msg(5), msg(6), msg(6), msg(7), msg(5));
  assert.deepEqual(log, ['m6@e6', 'm7@e7']);
});

test('A position moves without a message', async () => {
  const { receive, log, room } = await joined({}, {}, { offset: 5 });
  receive([18, 'r', 'e', 6], msg(7), [18, 'r', 'e', 7]);
  assert.deepEqual(log, ['m7@e7']);
  assert.deepEqual(room.position, { epoch: 'e', offset: 7 });
});

test('A gap is told once, whole, and moves the position', async () => {
  const { receive, log, room } = await joined({}, {}, { offset: 5 });
  receive([19, 'r', 'e', 6, 9], [19, 'r', 'e', 6, 9], msg(8), msg(10));
  assert.deepEqual(log, ['gap e 6-9', 'm10@e10']);
  assert.deepEqual(room.position, { epoch: 'e', offset: 10 });
});

test('A hole that the gateway does not tell is told as a gap', async () => {
  const { receive, log } = await joined({}, {}, { offset: 5 });
  receive(msg(9), [19, 'r', 'e', 11, 12]);
  assert.deepEqual(log, ['gap e 6-8', 'm9@e9', 'gap e 10-12']);
});

test('A new epoch on a live connection is a gap of unknown length, then goes on', async () => {
  const { receive, log } = await joined({}, {}, { offset: 5 });
  receive(msg(3, { epoch: 'f' }), msg(4, { epoch: 'f' }));
  assert.deepEqual(log, ['gap e 6-null', 'm3@f3', 'm4@f4']);
});

test('Messages on the ephemeral lane are told and move nothing', async () => {
  const { receive, log, room } = await joined({}, {}, { offset: 5 });
  receive(msg(null, { epoch: null, text: 'now' }), msg(null, { epoch: null, text: 'now' }));
  assert.deepEqual(log, ['now@nullnull', 'now@nullnull']);
  assert.equal(room.position.offset, 5);
});

test('An ack does not move the position', async () => {
  const { receive, room, commands, log } = await joined({}, {}, { offset: 5 });
  const published = room.publish('mine');
  await settled();
  const [, id] = commands(3)[0];
  receive([16, id, 'r', 'e', 7]);
  assert.deepEqual(await published, { room: 'r', epoch: 'e', offset: 7, id });
  assert.equal(room.position.offset, 5);
  receive(msg(6), msg(7, { id, user: 'ann' }));
  assert.deepEqual(log, ['m6@e6', 'm7@e7']);
});

test('After a reconnect every room resumes from its position; what was missed comes as messages', async () => {
  const { receive, reconnect, joinId, since, log, room } = await joined({}, { limit: 20 }, { offset: 5 });
  receive(msg(6));
  await reconnect();
  assert.equal(room.state, 'joining');
  assert.deepEqual(since(), ['e', 6]);
  receive(msg(7), history(joinId(), { offset: 8, recovered: true, more: true, messages: [msg(7), msg(8)] }), msg(8), msg(9));
  assert.equal(room.state, 'joined');
  assert.deepEqual(log, ['m6@e6', 'history', 'm7@e7', 'm8@e8', 'm9@e9']);
});

test('A resume given by the application does the same on the first connection', async () => {
  const { receive, joinId, since, log, clock, joined: answer } = await joining({}, { since: { epoch: 'e', offset: 5 } });
  assert.deepEqual(since(), ['e', 5]);
  receive(history(joinId(), { offset: 7, recovered: true, messages: [msg(6), msg(7)] }), msg(8));
  await answer;
  await clock.advance(0);
  assert.deepEqual(log, ['history', 'm6@e6', 'm7@e7', 'm8@e8']);
});

test('A resume that is not recovered within the epoch tells the gap, once', async () => {
  const { receive, reconnect, joinId, log } = await joined({}, {}, { offset: 5 });
  await reconnect();
  receive(history(joinId(), { offset: 12, messages: [msg(11), msg(12)] }), [19, 'r', 'e', 6, 10], msg(13));
  assert.deepEqual(log, ['history', 'gap e 6-10', 'm11@e11', 'm12@e12', 'm13@e13']);
});

test('A resume into another epoch tells a gap of unknown length and goes on at its offsets, lower or higher', async () => {
  for (const offset of [2, 20]) {
    const { receive, reconnect, joinId, since, log } = await joined({}, {}, { offset: 5 });
    await reconnect();
    receive(history(joinId(), { epoch: 'f', offset: offset + 1, messages: [msg(offset, { epoch: 'f' }), msg(offset + 1, { epoch: 'f' })] }));
    assert.deepEqual(log, ['history', 'gap e 6-null', `m${offset}@f${offset}`, `m${offset + 1}@f${offset + 1}`]);
    await reconnect();
    assert.deepEqual(since(), ['f', offset + 1]);
  }
});

test('A position ahead of the log is answered with the current one', async () => {
  const { receive, reconnect, joinId, log, room } = await joined({}, {}, { offset: 50 });
  await reconnect();
  receive(history(joinId(), { offset: 7 }), msg(8));
  assert.deepEqual(log, ['history', 'gap e 51-null', 'm8@e8']);
  assert.deepEqual(room.position, { epoch: 'e', offset: 8 });
});

test('A connection lost before the first answer asks again in the same way', async () => {
  const { receive, reconnect, joinId, since, joined: answer, room } = await joining({}, { since: { epoch: 'e', offset: 3 }, limit: 7 });
  assert.equal(room, undefined);
  await reconnect();
  assert.deepEqual(since(), ['e', 3]);
  receive(history(joinId(), { offset: 3, recovered: true }));
  assert.equal((await answer).state, 'joined');
});

test('What was received before the loss is told before it, even when a join held it back', async () => {
  const { receive, joinId, log, clock, WebSocket, chat } = await joining();
  chat.on('state', ({ state }) => log.push(state));
  receive(history(joinId(), { offset: 1, messages: [msg(1)] }), msg(2));
  WebSocket.last.end();
  assert.equal(chat.state, 'connected');
  await clock.advance(0);
  assert.deepEqual(log, ['history m1', 'm2@e2', 'waiting']);
});

test('A refused join names the code and the free name, and the wish is dropped', async () => {
  const { receive, joinId, joined: answer, chat, reconnect, commands } = await joining();
  receive([17, 'name_taken', 'ann is taken', joinId(), 'r', null, 'ann2']);
  await assert.rejects(answer, { name: 'FastChatError', code: 'name_taken', message: 'ann is taken', suggestion: 'ann2', room: 'r' });
  assert.equal(chat.state, 'connected');
  await reconnect();
  assert.deepEqual(commands(1), []);
});

test('A refusal after a reconnect is told as an error, unless it passes', async () => {
  const { receive, reconnect, joinId, log, room, clock, commands } = await joined({}, {}, { offset: 5 });
  await reconnect();
  receive([17, 'rate_limited', 'slowly', joinId(), 'r', 700]);
  assert.deepEqual(log, []);
  await clock.advance(699);
  assert.equal(commands(1).length, 1);
  await clock.advance(1);
  assert.equal(commands(1).length, 2);
  receive([17, 'name_taken', 'taken', joinId(), 'r', null, 'ann2']);
  assert.deepEqual(log, ['error name_taken']);
  assert.equal(room.state, 'left');
  await assert.rejects(room.publish('late'), { code: 'not_joined' });
});

test('A second join of the same room is the same room', async () => {
  const { chat, room, commands } = await joined();
  assert.equal(await chat.join('r'), room);
  assert.equal(commands(1).length, 1);
  assert.deepEqual([...chat.rooms.keys()], ['r']);
});

test('Leaving ends with the notice to oneself, and the room is not asked for again', async () => {
  const { receive, room, chat, commands, reconnect, log } = await joined();
  const leaving = room.leave();
  assert.deepEqual(commands(2)[0].slice(2), ['r']);
  receive([2, 'r', 'bob', 5]);
  assert.equal(room.state, 'leaving');
  receive(msg(1), [2, 'r', 'ann', 6], msg(2));
  await leaving;
  assert.equal(room.state, 'left');
  assert.deepEqual(log, ['leave bob', 'm1@e1', 'leave ann']);
  assert.equal(chat.rooms.size, 0);
  await reconnect();
  assert.deepEqual(commands(1), []);
});

test('Joining again waits for the leaving to end', async () => {
  const { receive, room, chat, commands, joinId } = await joined();
  room.leave();
  const again = chat.join('r');
  await settled();
  assert.equal(commands(1).length, 1);
  receive([2, 'r', 'ann', 6]);
  await settled();
  assert.equal(commands(1).length, 2);
  receive(history(joinId(), { offset: 9 }));
  assert.notEqual(await again, room);
});

test('Leaving while the join is unanswered, or the connection is away, ends too', async () => {
  const first = await joining();
  const left = first.chat.rooms.get('r').leave();
  first.receive(history(first.joinId()), [2, 'r', 'ann', 1]);
  await assert.rejects(first.joined, { code: 'not_joined' });
  await left;

  const second = await joined();
  second.WebSocket.last.end();
  await second.room.leave();
  assert.equal(second.room.state, 'left');

  const third = await joined();
  const leaving = third.room.leave();
  third.WebSocket.last.end();
  await leaving;
});

test('A room may be left from within a listener', async () => {
  const { receive, room, log } = await joined({}, {}, { offset: 5 });
  room.on('gap', () => room.leave());
  receive(msg(9), [2, 'r', 'ann', 6], msg(10));
  assert.deepEqual(log, ['gap e 6-8', 'm9@e9', 'leave ann']);
  assert.equal(room.state, 'left');
});

test('The client may be closed from within a listener', async () => {
  const { receive, chat, log } = await joined({}, {}, { offset: 5 });
  chat.on('message', () => chat.close());
  receive(msg(6), msg(7));
  assert.deepEqual(log, ['m6@e6']);
});

test('Notices, typing and counts are told', async () => {
  const { receive, room, log, commands } = await joined();
  receive([1, 'r', 'bob', 5], [4, 'r', 'bob', true], [5, null, 'r', 3, 200, null, null], [2, 'r', 'bob', 6], [3, 'elsewhere', 'e', 1, 1, 'x', 'y']);
  assert.deepEqual(log, ['join bob', 'typing bob', 'presence 200', 'leave bob']);
  room.typing();
  room.typing(false);
  assert.deepEqual(commands(4), [[4, 'r'], [4, 'r', false]]);
});

test('Lists of people and older messages are asked for, and failures named', async () => {
  const { receive, room, commands, clock, WebSocket } = await joined();
  const people = room.presence();
  receive([5, commands(5)[0][1], 'r', 3, 2, ['ann', 'bob'], 'next']);
  assert.deepEqual(await people, { room: 'r', version: 3, count: 2, users: ['ann', 'bob'], next: 'next' });

  const older = room.history({ before: 10, limit: 2 });
  assert.deepEqual(commands(6)[0].slice(2), ['r', 10, 2]);
  receive([6, commands(6)[0][1], 'r', 'e', 12, false, true, null, [msg(8), msg(9)]]);
  const { messages, ...page } = await older;
  assert.deepEqual(page, { more: true, epoch: 'e', offset: 12 });
  assert.deepEqual(messages.map(({ text }) => text), ['m8', 'm9']);
  assert.equal(room.position.offset, 0, 'a page asked for moves nothing');

  const refused = room.history();
  receive([17, 'not_available', 'no', commands(6)[1][1], 'r']);
  await assert.rejects(refused, { code: 'not_available' });

  const unanswered = assert.rejects(room.presence(), { code: 'timeout' });
  await clock.advance(30_000);
  await unanswered;

  WebSocket.last.receive([8, 1]);
  const cut = assert.rejects(room.presence(), { code: 'connection_lost' });
  WebSocket.last.end();
  await cut;
  await assert.rejects(room.presence(), { code: 'not_joined' });
});

test('An error that answers nothing is told to the room and the client', async () => {
  const { receive, room, log } = await joined();
  const errors = [];
  room.on('error', ({ code }) => errors.push(code));
  receive([17, 'rate_limited', 'slowly', null, 'r', 100], [17, 'overloaded', 'later']);
  assert.deepEqual(errors, ['rate_limited']);
  assert.deepEqual(log, ['error rate_limited', 'error overloaded']);
});

test('A join without an answer ends the connection, and the next one asks again', async () => {
  const { clock, chat, WebSocket, receive, joined: answer } = await joining();
  const given = assert.rejects(answer, { code: 'closed' });
  await clock.advance(24_999);
  receive([8, 1]);
  await clock.advance(5_001);
  assert.equal(chat.state, 'waiting');
  await clock.advance(100);
  WebSocket.last.open();
  assert.equal(WebSocket.last.sent[0][0], 1);
  chat.close();
  await given;
});
