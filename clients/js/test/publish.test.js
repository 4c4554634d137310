// Publishing: acks, refusals, limits, and what happens to publishes whose answer was lost with the connection.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ExtData, FastChat } from '../fastchat.js';
import { FakeClock, fakeWebSocket, settled } from './kit/fakes.js';

const own = (offset, id, more = {}) => [3, 'r', 'e', offset, 1000, 'ann', `m${offset}`, null, null, id, ...Object.values(more)];

async function joined(options = {}, offset = 5) {
  const clock = new FakeClock();
  const WebSocket = fakeWebSocket();
  const chat = new FastChat('ws://gateway.test', { user: 'ann', key: 'k', WebSocket, clock, random: () => 0.5, ...options });
  chat.connect();
  await settled();
  WebSocket.last.open();
  const joining = chat.join('r');
  const all = { chat, clock, WebSocket, receive: (...messages) => WebSocket.last.receive(...messages) };
  all.commands = (type) => WebSocket.last.sent.filter((command) => command[0] === type);
  all.sentIds = () => all.commands(3).map(([, id]) => id);
  all.answer = (fields) => WebSocket.last.receive([6, all.commands(1)[0][1], 'r', ...fields, ['ann', null], fields.messages ?? []]);
  all.history = ({ offset: at, recovered = true, more = false, messages = [] }) =>
    WebSocket.last.receive([6, all.commands(1)[0][1], 'r', 'e', at, recovered, more, ['ann', null], messages]);
  all.lose = async () => {
    WebSocket.last.end();
    await settled();
  };
  all.comeBack = async () => {
    chat.connect();
    await settled();
    WebSocket.last.open();
  };
  all.history({ offset, recovered: false });
  all.room = await joining;
  await clock.advance(0);
  return all;
}

const outcome = (promise) => promise.then(({ offset }) => offset, ({ code }) => code);

test('A publish ends with its ack, whatever order acks come in', async () => {
  const { room, receive, commands, sentIds } = await joined();
  const first = room.publish('one');
  const second = room.publish({ text: 'two', data: { a: 1 }, kind: 'note', id: 'own-id', excludeSelf: true });
  await settled();
  const [id] = sentIds();
  assert.deepEqual(commands(3), [[3, id, 'r', 'one'], [3, 'own-id', 'r', 'two', { a: 1 }, 'note', 2]]);
  receive([16, 'own-id', 'r', 'e', 7], [16, id, 'r', 'e', 6]);
  assert.deepEqual(await first, { room: 'r', epoch: 'e', offset: 6, id });
  assert.deepEqual(await second, { room: 'r', epoch: 'e', offset: 7, id: 'own-id' });
});

test('An own message that comes before its ack settles it', async () => {
  const { room, receive } = await joined();
  const published = room.publish({ text: 'x', id: 'a' });
  await settled();
  receive(own(6, 'a'), [16, 'a', 'r', 'e', 6]);
  assert.equal(await outcome(published), 6);
});

test('A refused publish names code and delay', async () => {
  const { room, receive } = await joined();
  const published = room.publish({ text: 'x', id: 'a' });
  await settled();
  receive([17, 'rate_limited', 'slowly', 'a', 'r', 250]);
  await assert.rejects(published, { name: 'FastChatError', code: 'rate_limited', retryAfterMs: 250, id: 'a', room: 'r' });
});

test('What no gateway would take is refused at once', async () => {
  const { room, commands } = await joined();
  const bad = [{}, { text: null }, '',  { text: 5 }, { text: 'x', id: '' }, { text: 'x', id: 7 }, { text: 'x', id: 'é'.repeat(33) }, { text: 'x', kind: 1 }, { data: () => {} }, { data: 1n << 64n }];
  for (const message of bad) await assert.rejects(room.publish(message), { code: 'invalid_field' });
  assert.deepEqual(commands(3), []);
});

test('An id in use is refused until its publish is settled', async () => {
  const { room, receive } = await joined();
  const first = room.publish({ text: 'x', id: 'a' });
  await assert.rejects(room.publish({ text: 'y', id: 'a' }), { code: 'invalid_field' });
  receive([16, 'a', 'r', 'e', 6]);
  assert.equal(await outcome(first), 6);
  room.publish({ text: 'y', id: 'a' }).catch(() => {});
});

test('Ids differ between clients and publishes', async () => {
  const { room, sentIds } = await joined({ random: Math.random });
  const other = await joined({ random: Math.random });
  for (let i = 0; i < 50; i++) for (const each of [room, other.room]) each.publish('x').catch(() => {});
  await settled();
  const ids = [...sentIds(), ...other.sentIds()];
  assert.equal(new Set(ids).size, 100);
  assert.ok(ids.every((id) => id.length <= 64));
});

test('An ephemeral publish ends with its ack or refusal, and is not kept while away', async () => {
  const { room, commands, receive, lose } = await joined();
  const [taken, refused, cut] = ['a', 'b', 'c'].map((id) => room.publish({ data: [1, 2], kind: 'cursor', id, ephemeral: true, excludeSelf: true }));
  await settled();
  assert.deepEqual(commands(3)[0], [3, 'a', 'r', null, [1, 2], 'cursor', 3]);
  receive([16, 'a', 'r'], [17, 'rate_limited', 'slowly', 'b', 'r', 50]);
  assert.deepEqual(await taken, { room: 'r', epoch: null, offset: null, id: 'a' });
  await assert.rejects(refused, { code: 'rate_limited', retryAfterMs: 50 });
  const lost = assert.rejects(cut, { code: 'connection_lost' });
  await lose();
  await lost;
  await assert.rejects(room.publish({ text: 'x', ephemeral: true }), { code: 'not_sent' });
});

test('After a reconnect only what did not come back is sent again, with its id, in order, before anything later', async () => {
  const { room, sentIds, lose, comeBack, history, commands, receive } = await joined();
  const outcomes = ['a', 'b', 'c'].map((id) => outcome(room.publish({ text: id, id })));
  await settled();
  await lose();
  outcomes.push(outcome(room.publish({ text: 'd', id: 'd' })));
  await comeBack();
  outcomes.push(outcome(room.publish({ text: 'e', id: 'e' })));
  await settled();
  assert.deepEqual(sentIds(), [], 'nothing before the room has caught up');
  history({ offset: 7, messages: [own(6, 'b'), own(7, null)] });
  assert.deepEqual(commands(3), [[3, 'a', 'r', 'a']], 'what waited goes out one by one');
  for (const id of ['f', 'g']) outcomes.push(outcome(room.publish({ text: id, id })));
  for (const [index, id] of ['a', 'c', 'd'].entries()) {
    await settled();
    assert.equal(sentIds().at(-1), id);
    receive([16, id, 'r', 'e', 8 + index]);
  }
  assert.deepEqual(sentIds(), ['a', 'c', 'd', 'e']);
  receive([16, 'e', 'r', 'e', 11]);
  assert.deepEqual(sentIds(), ['a', 'c', 'd', 'e', 'f', 'g'], 'what did not wait goes out at once');
  receive([16, 'g', 'r', 'e', 13], [16, 'f', 'r', 'e', 12]);
  assert.deepEqual(await Promise.all(outcomes), [8, 6, 9, 10, 11, 12, 13]);
});

test('What waited and was too fast is sent again, in order, spaced so that it stays the exception', async () => {
  const { room, sentIds, lose, comeBack, history, receive, clock } = await joined();
  await lose();
  const outcomes = ['a', 'b', 'c', 'd'].map((id) => outcome(room.publish({ text: id, id })));
  await comeBack();
  history({ offset: 5 });
  receive([16, 'a', 'r', 'e', 6], [17, 'rate_limited', 'slowly', 'b', 'r', 40]);
  await clock.advance(39);
  assert.deepEqual(sentIds(), ['a', 'b']);
  await clock.advance(1);
  receive([17, 'rate_limited', 'slowly', 'b', 'r', 100]);
  await clock.advance(100);
  assert.deepEqual(sentIds(), ['a', 'b', 'b', 'b']);
  receive([16, 'b', 'r', 'e', 7]);
  await clock.advance(99);
  assert.equal(sentIds().length, 4);
  await clock.advance(1);
  receive([16, 'c', 'r', 'e', 8]);
  await lose();
  await clock.advance(50);
  await comeBack();
  history({ offset: 8 });
  receive([16, 'd', 'r', 'e', 9]);
  assert.deepEqual(await Promise.all(outcomes), [6, 7, 8, 9]);
  const live = room.publish({ text: 'e', id: 'e' });
  await settled();
  receive([17, 'rate_limited', 'slowly', 'e', 'r', 100]);
  await assert.rejects(live, { code: 'rate_limited' });
});

test('With more to catch up, publishes in doubt wait until the position is where the log was', async () => {
  const { room, sentIds, lose, comeBack, history, commands, receive } = await joined();
  const [a, b] = ['a', 'b'].map((id) => outcome(room.publish({ text: id, id })));
  await settled();
  await lose();
  const c = outcome(room.publish({ text: 'c', id: 'c' }));
  await comeBack();
  history({ offset: 7, more: true, messages: [own(6, null), own(7, null)] });
  const [, requestId, ...asked] = commands(6)[0];
  assert.deepEqual(asked, ['r', null, 1]);
  receive(own(8, null));
  receive([6, requestId, 'r', 'e', 10, false, true, null, [own(10, 'a')]]);
  await settled();
  assert.deepEqual(sentIds(), []);
  receive(own(9, null));
  assert.deepEqual(sentIds(), []);
  receive(own(10, 'a'));
  assert.deepEqual(sentIds(), ['b']);
  assert.equal(await a, 10);
  receive([16, 'b', 'r', 'e', 11]);
  assert.deepEqual(sentIds(), ['b', 'c']);
  receive([16, 'c', 'r', 'e', 12]);
  assert.deepEqual(await Promise.all([b, c]), [11, 12]);
});

test('A gap ends the wait as well, and so does a refusal to say where the log is', async () => {
  const gap = await joined();
  gap.room.publish({ text: 'a', id: 'a' }).catch(() => {});
  await settled();
  await gap.lose();
  await gap.comeBack();
  gap.history({ offset: 6, more: true, messages: [own(6, null)] });
  gap.receive([6, gap.commands(6)[0][1], 'r', 'e', 900, false, true, null, []]);
  await settled();
  gap.receive([19, 'r', 'e', 7, 900]);
  assert.deepEqual(gap.sentIds(), ['a']);

  const refused = await joined();
  refused.room.publish({ text: 'a', id: 'a' }).catch(() => {});
  await settled();
  await refused.lose();
  await refused.comeBack();
  refused.history({ offset: 6, more: true, messages: [own(6, null)] });
  refused.receive([17, 'room_unavailable', 'no', refused.commands(6)[0][1], 'r']);
  await settled();
  assert.deepEqual(refused.sentIds(), ['a']);
});

test('Publishes that were never sent need not wait for the catching up', async () => {
  const { room, sentIds, lose, comeBack, history, commands } = await joined();
  await lose();
  room.publish({ text: 'a', id: 'a' }).catch(() => {});
  await comeBack();
  history({ offset: 6, more: true, messages: [own(6, null)] });
  assert.deepEqual(sentIds(), ['a']);
  assert.deepEqual(commands(6), []);
});

test('A publish in doubt over two losses is sent once on each connection', async () => {
  const { room, sentIds, lose, comeBack, history, receive } = await joined();
  const published = outcome(room.publish({ text: 'a', id: 'a' }));
  await settled();
  for (let i = 0; i < 2; i++) {
    await lose();
    await comeBack();
    history({ offset: 5 });
    assert.deepEqual(sentIds(), ['a']);
  }
  receive([16, 'a', 'r', 'e', 6]);
  assert.equal(await published, 6);
});

test('A publish without an answer fails: outcome_unknown if it was sent, not_sent if not', async () => {
  const { room, clock, lose, chat } = await joined({ backoffBaseMs: 1e9, backoffCapMs: 1e9 });
  const sent = outcome(room.publish('a'));
  await settled();
  await lose();
  const queued = outcome(room.publish('b'));
  await clock.advance(29_999);
  assert.equal(chat.state, 'waiting');
  await clock.advance(1);
  assert.deepEqual(await Promise.all([sent, queued]), ['outcome_unknown', 'not_sent']);
});

test('More publishes than may wait are refused, and room is made as they are settled', async () => {
  const { room, receive, lose, comeBack, history, sentIds } = await joined({ publishesMax: 3 });
  const first = outcome(room.publish({ text: 'a', id: 'a' }));
  await settled();
  await lose();
  room.publish({ text: 'b', id: 'b' }).catch(() => {});
  room.publish({ text: 'c', id: 'c' }).catch(() => {});
  assert.equal(await outcome(room.publish('d')), 'queue_full');
  await comeBack();
  history({ offset: 5 });
  receive([16, 'a', 'r', 'e', 6]);
  assert.equal(await first, 6);
  room.publish({ text: 'e', id: 'e' }).catch(() => {});
  assert.equal(await outcome(room.publish('f')), 'queue_full');
  receive([16, 'b', 'r', 'e', 7], [16, 'c', 'r', 'e', 8]);
  assert.deepEqual(sentIds(), ['a', 'b', 'c', 'e']);
});

test('More bytes than may wait are refused, over all rooms together', async () => {
  const { room, chat, lose } = await joined({ publishBytesMax: 1000 });
  chat.join('other').catch(() => {});
  await lose();
  room.publish('x'.repeat(900)).catch(() => {});
  assert.equal(await outcome(room.publish('y'.repeat(100))), 'queue_full');
  room.publish('z').catch(() => {});
});

test('Leaving ends what waits: not_joined if it was never sent', async () => {
  const { room, lose } = await joined();
  const sent = outcome(room.publish('a'));
  await settled();
  await lose();
  const queued = outcome(room.publish('b'));
  await room.leave();
  assert.deepEqual(await Promise.all([sent, queued]), ['outcome_unknown', 'not_joined']);
});

test('Data goes out as it is', async () => {
  const { room, commands } = await joined();
  const data = { big: 2n ** 63n, bin: new Uint8Array([1, 2]), ext: new ExtData(5, new Uint8Array([9])), skip: undefined, when: new Date(0) };
  room.publish({ data }).catch(() => {});
  await settled();
  const [, , , text, sent] = commands(3)[0];
  assert.equal(text, null);
  assert.deepEqual(Object.keys(sent), ['big', 'bin', 'ext', 'when']);
  assert.deepEqual(sent.when, new Date(0));
});
