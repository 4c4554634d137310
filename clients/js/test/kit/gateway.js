// A small gateway for tests, of docs/protocol.md alone: in memory, one process, with hooks for every kind of trouble. It reads
// and writes with npm's @msgpack/msgpack, not with the client's own code.
import { once } from 'node:events';
import { decodeMulti, encode, ExtData, ExtensionCodec } from '@msgpack/msgpack';
import { WebSocketServer } from 'ws';

// Timestamps pass as they are, as every other ext does: the gateway relays data unread.
const opaque = new ExtensionCodec();
opaque.register({ type: -1, encode: () => null, decode: (bytes) => new ExtData(-1, bytes) });
const CODEC = { useBigInt64: true, extensionCodec: opaque };
const FLAG_EPHEMERAL = 1;
const FLAG_EXCLUDE_SELF = 2;

export class TestGateway {
  rooms = new Map();
  /** Folded name → guest key. */
  guests = new Map();
  sessions = new Set();
  /** Every command received, as arrays. */
  commands = [];
  /** (session, command) → true when the default must not happen. */
  intercept = () => false;
  historyMax = 100;
  /** Most entries in the answer to a resume; the rest follows as msg. */
  pageMax = 1000;
  #server;

  static async start({ port = 0 } = {}) {
    const gateway = new TestGateway();
    gateway.#server = new WebSocketServer({ port, host: '127.0.0.1', handleProtocols: () => 'fastchat.msgpack.v1' });
    gateway.#server.on('connection', (socket) => new Session(gateway, socket));
    await once(gateway.#server, 'listening');
    return gateway;
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}/ws`;
  }

  /** Cuts all connections, without a close frame. */
  cut() {
    for (const session of [...this.sessions]) session.socket.terminate();
  }

  async stop() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  room(id) {
    let room = this.rooms.get(id);
    if (room === undefined) this.rooms.set(id, room = { id, epoch: 'e1', log: [], last: 0, ids: new Map(), members: new Set(), version: 0 });
    return room;
  }

  /** Appends and delivers; returns the entry. */
  publish(id, entry, { except = null } = {}) {
    const room = this.room(id);
    const stored = { epoch: room.epoch, offset: ++room.last, ts: Date.now(), user: 'system', text: null, data: null, kind: null, id: null, ...entry };
    room.log.push(stored);
    for (const member of room.members) {
      if (member === except) member.send([18, id, stored.epoch, stored.offset]);
      else member.send(msgOf(id, stored, member));
    }
    return stored;
  }

  /** Forgets all entries, as a restart of a memory-only room does. */
  newEpoch(id, epoch) {
    const room = this.room(id);
    room.epoch = epoch;
    room.log = [];
    room.ids.clear();
  }
}

function msgOf(room, entry, session) {
  const own = entry.user === session.user;
  return [3, room, entry.epoch, entry.offset, BigInt(entry.ts), entry.user, entry.text, entry.data, entry.kind, own ? entry.id : null];
}

class Session {
  user = null;
  #gateway;
  #rooms = new Set();

  constructor(gateway, socket) {
    this.#gateway = gateway;
    this.socket = socket;
    gateway.sessions.add(this);
    socket.on('message', (bytes) => {
      for (const command of decodeMulti(bytes, CODEC)) {
        gateway.commands.push(command);
        if (!gateway.intercept(this, command)) this.#take(command);
      }
    });
    socket.on('close', () => {
      gateway.sessions.delete(this);
      for (const room of this.#rooms) room.members.delete(this);
    });
  }

  /** Messages given together travel in one WebSocket message. */
  send(...messages) {
    this.socket.send(Buffer.concat(messages.map((message) => encode(message, CODEC))));
  }

  error(code, id, room, more = []) {
    this.send([17, code, `refused: ${code}`, id, room, ...more]);
  }

  #take([type, ...fields]) {
    if (type === 7) this.send([8, BigInt(Date.now())]);
    else if (type === 1) this.join(fields);
    else if (type === 2) this.#leave(fields);
    else if (type === 3) this.publish(fields);
    else if (type === 4) this.#tell(fields[0], [4, fields[0], this.user, fields[1] ?? true], true);
    else if (type === 5) this.#presence(fields);
    else if (type === 6) this.#history(fields);
  }

  join([id = null, roomId = 'lobby', user = null, key = null, , since = null, limit = null]) {
    const folded = user?.toLowerCase();
    if (this.user === null) {
      const held = this.#gateway.guests.get(folded);
      if (held !== undefined && held !== key) return this.error('name_taken', id, roomId, [null, `${user}2`]);
      if (held === undefined) this.#gateway.guests.set(folded, key ?? `key-of-${folded}`);
      this.user = user;
    } else if (user !== null && user !== this.user) {
      return this.error('another_user', id, roomId);
    }
    const room = this.#gateway.room(roomId);
    const you = [this.user, key === null ? this.#gateway.guests.get(folded) : null];
    const max = Math.min(limit === null ? this.#gateway.historyMax : Number(limit), this.#gateway.historyMax);
    const answer = since === null ? this.#newest(room, max) : this.#resume(room, since, max);
    const messages = answer.page.map((entry) => msgOf(roomId, entry, this));
    const position = answer.page.at(-1)?.offset ?? (answer.rest.length === 0 ? room.last : Number(since[1]));
    this.send(
      [6, id, roomId, room.epoch, answer.rest.length === 0 ? room.last : position, answer.recovered, answer.more, you, messages],
      ...answer.rest.map((entry) => msgOf(roomId, entry, this)));
    room.members.add(this);
    this.#rooms.add(room);
    this.#tell(roomId, [1, roomId, this.user, BigInt(Date.now())], true);
    room.version++;
  }

  #newest(room, max) {
    const page = max === 0 ? [] : room.log.slice(-max);
    return { page, rest: [], recovered: false, more: page.length < room.log.length };
  }

  #resume(room, [epoch, offset], max) {
    const first = room.log[0]?.offset ?? room.last + 1;
    if (epoch !== room.epoch || Number(offset) < first - 1) return this.#newest(room, max);
    const missed = room.log.filter((entry) => entry.offset > Number(offset));
    const page = missed.slice(0, this.#gateway.pageMax);
    const rest = missed.slice(this.#gateway.pageMax);
    return { page, rest, recovered: true, more: rest.length > 0 };
  }

  #leave([id, roomId]) {
    const room = this.#gateway.room(roomId);
    if (!room.members.has(this)) return this.error('not_joined', id, roomId);
    this.#tell(roomId, [2, roomId, this.user, BigInt(Date.now())]);
    room.members.delete(this);
    this.#rooms.delete(room);
  }

  publish([id, roomId, text = null, data = null, kind = null, flags = 0]) {
    const room = this.#gateway.room(roomId);
    if (!room.members.has(this)) return this.error('not_joined', id, roomId);
    if (Number(flags) & FLAG_EPHEMERAL) {
      this.#tell(roomId, [3, roomId, null, null, BigInt(Date.now()), this.user, text, data, kind], Boolean(Number(flags) & FLAG_EXCLUDE_SELF));
      if (id !== null) this.send([16, id, roomId]);
      return;
    }
    const known = id === null ? undefined : room.ids.get(`${this.user} ${id}`);
    const entry = known ?? this.#gateway.publish(roomId, { user: this.user, text, data, kind, id },
      { except: Number(flags) & FLAG_EXCLUDE_SELF ? this : null });
    if (id !== null) {
      room.ids.set(`${this.user} ${id}`, entry);
      this.send([16, id, roomId, entry.epoch, entry.offset]);
    }
  }

  #presence([id, roomId]) {
    const room = this.#gateway.room(roomId);
    const users = [...new Set([...room.members].map((member) => member.user))].sort();
    this.send([5, id, roomId, room.version, users.length, users]);
  }

  #history([id, roomId, before = null, limit = null]) {
    const room = this.#gateway.room(roomId);
    const older = before === null ? room.log : room.log.filter((entry) => entry.offset < Number(before));
    const page = older.slice(-Number(limit ?? this.#gateway.historyMax));
    this.send([6, id, roomId, room.epoch, room.last, false, page.length < older.length, null, page.map((entry) => msgOf(roomId, entry, this))]);
  }

  #tell(roomId, message, exceptSelf = false) {
    for (const member of this.#gateway.room(roomId).members) {
      if (!(exceptSelf && member === this)) member.send(message);
    }
  }
}
