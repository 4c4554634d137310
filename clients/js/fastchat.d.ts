/** @fastchat/client: see README.md and docs/protocol.md for what the words mean. */

/** Epoch and offset of a publication of a room. */
export interface Position {
  epoch: string;
  offset: number;
}

/** A MessagePack extension: a type from -128 to 127 and its bytes. */
export declare class ExtData {
  readonly type: number;
  readonly data: Uint8Array;
  constructor(type: number, data: Uint8Array);
}

/** One publication. */
export interface Message {
  room: string;
  /** Null, like `offset`, on the ephemeral lane. */
  epoch: string | null;
  offset: number | null;
  /** When the log took it, Unix milliseconds. */
  ts: number;
  user: string;
  text: string | null;
  /** Undefined when there is none, or when it has no faithful form in JavaScript. */
  data: unknown;
  /** The bytes of `data`, one MessagePack value; null when there is none. Copy them to keep them for long. */
  dataBytes: Uint8Array | null;
  /** `chat` unless its author said otherwise. */
  kind: string;
  /** The author's message id; told to its author only. */
  id: string | null;
}

/** The answer to a join, on the first connection and on every later one. */
export interface History extends Position {
  room: string;
  /** Whether nothing was lost since `since`; false when none was given. */
  recovered: boolean;
  /** With `since`: more missed messages follow. Without: the log holds older ones, see Room.history. */
  more: boolean;
  /** Who the gateway says this is. */
  you: { user: string; key: string | null } | null;
  /** The position that was resumed from; null on a first join. */
  since: Position | null;
  /** The newest messages; empty on a resume, whose messages come as message events. */
  messages: Message[];
}

/** Somebody came or went. */
export interface Notice {
  room: string;
  user: string;
  ts: number;
}

export interface Typing {
  room: string;
  user: string;
  on: boolean;
}

/** Who is in a room, or only how many. */
export interface Presence {
  room: string;
  /** Rises with every change. */
  version: number;
  count: number;
  /** Null when only the count is told. */
  users: string[] | null;
  /** Cursor of the page that follows; null when this is the last. */
  next: string | null;
}

/** Publications that will not come. */
export interface Gap {
  room: string;
  /** The epoch that the offsets are of. */
  epoch: string;
  from: number;
  /** Inclusive; null when how much is lost cannot be known. */
  to: number | null;
}

export type State = 'closed' | 'connecting' | 'connected' | 'waiting';

export interface StateChange {
  state: State;
  /** With waiting: milliseconds until the next try. */
  delayMs?: number;
  /** With waiting: how many tries in a row have failed. */
  attempt?: number;
  /** With waiting and closed: why. */
  error?: FastChatError;
}

export interface RoomEvents {
  message: Message;
  history: History;
  join: Notice;
  leave: Notice;
  typing: Typing;
  presence: Presence;
  gap: Gap;
  error: FastChatError;
}

export interface ClientEvents extends RoomEvents {
  state: StateChange;
}

/** An EventTarget whose events carry their content in `detail`; `on` is the short form. */
declare class Emitter<Events> extends EventTarget {
  /** Returns how to take the listener off again. */
  on<Type extends keyof Events & string>(type: Type, listener: (detail: Events[Type]) => void): () => void;
  addEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: ((event: CustomEvent<Events[Type]>) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

export interface Publication {
  text?: string | null;
  /** Any MessagePack value. */
  data?: unknown;
  /** At most 64 bytes; `chat` when absent. */
  kind?: string | null;
  /** 1 to 64 bytes; made when absent. A publish repeated with the same id is stored once. */
  id?: string;
  /** No offset, may be dropped, does not wait while the connection is away. */
  ephemeral?: boolean;
  /** Not sent back to this connection. */
  excludeSelf?: boolean;
}

export interface Published {
  room: string;
  /** Null, like `offset`, for an ephemeral one. */
  epoch: string | null;
  offset: number | null;
  id: string;
}

export interface HistoryPage extends Position {
  /** Ascending. */
  messages: Message[];
  /** Whether older ones follow. */
  more: boolean;
}

/** Made by FastChat.join. */
export declare class Room extends Emitter<RoomEvents> {
  private constructor();
  readonly id: string;
  /** joining also while reconnecting. */
  readonly state: 'joining' | 'joined' | 'leaving' | 'left';
  /** Of the last publication told. */
  readonly position: Position | null;
  /** Resolves once the log has it; an ephemeral one, once the gateway has taken it. */
  publish(message: string | Publication): Promise<Published>;
  /** Does nothing while the connection is away. */
  typing(on?: boolean): void;
  presence(options?: { cursor?: string | null }): Promise<Presence>;
  /** Messages before an offset, or the newest. */
  history(options?: { before?: number | null; limit?: number | null }): Promise<HistoryPage>;
  /** Ends once the gateway has said so or the connection is gone. */
  leave(): Promise<void>;
}

/** What the client needs of a WebSocket: the browser's, Node's (22 and newer) or npm's `ws`. */
export type WebSocketConstructor = new (url: string, protocol: string) => any;

export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  setTimeout(action: () => void, delayMs: number): unknown;
  clearTimeout(timer: any): void;
}

export interface Options {
  /** Display name. */
  user?: string | null;
  /** Guest key: who shows it is the same person. */
  key?: string | null;
  token?: string | null;
  /** Where guest keys are kept. Failures are ignored. */
  keys?: {
    load(user: string): string | null | undefined | Promise<string | null | undefined>;
    save(user: string, key: string): void | Promise<void>;
  };
  WebSocket?: WebSocketConstructor;
  clock?: Clock;
  /** From 0 to below 1. */
  random?: () => number;
  /** Until a handshake counts as failed; 20,000. */
  connectTimeoutMs?: number;
  /** Until an unanswered command fails; 30,000. */
  requestTimeoutMs?: number;
  /** From publish() until outcome_unknown or not_sent; 30,000. */
  publishTimeoutMs?: number;
  /** Unanswered publishes; over: queue_full; 1,000. */
  publishesMax?: number;
  /** Their bytes together; over: queue_full; 1,000,000. */
  publishBytesMax?: number;
  /** Silence before a ping; 25,000. */
  pingAfterMs?: number;
  /** Silence after a ping before the connection counts as lost; 20,000. */
  pongTimeoutMs?: number;
  /** Bound of the first delay before reconnecting, doubled with each failure; 200. */
  backoffBaseMs?: number;
  /** Its largest value; 20,000. */
  backoffCapMs?: number;
  /** A connection that lived this long makes the delays begin anew; 5,000. */
  stableAfterMs?: number;
}

export declare class FastChat extends Emitter<ClientEvents> {
  /** @throws {FastChatError} invalid_field, no_websocket */
  constructor(url: string | URL, options?: Options);
  readonly state: State;
  /** As the gateway writes it, once a room is joined. */
  readonly user: string | null;
  /** The guest key, once known. */
  readonly key: string | null;
  readonly rooms: Map<string, Room>;
  /** Resolves once connected; rejects with `closed`. */
  connect(): Promise<void>;
  /** Joins, now or as soon as connected. The gateway's refusals, such as name_taken with its suggestion, reject. */
  join(room?: string, options?: { since?: Position | null; limit?: number | null }): Promise<Room>;
  close(): void;
}

/** Everything that can go wrong, by name. */
export declare class FastChatError extends Error {
  constructor(code: string, message: string, more?: object);
  readonly name: 'FastChatError';
  /** One of the gateway's codes, or the client's own: see README.md. */
  readonly code: string;
  readonly room: string | null;
  readonly id: string | null;
  readonly retryAfterMs: number | null;
  /** With name_taken: a name that is free. */
  readonly suggestion: string | null;
  readonly closeCode: number | null;
}

export {};
