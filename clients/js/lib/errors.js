/**
 * Everything that can go wrong, by name. `code` is one of the gateway's error codes (docs/protocol.md) or one of the
 * client's own: closed, connection_lost, invalid_field, no_websocket, not_joined, not_sent, outcome_unknown, queue_full, timeout.
 */
export class FastChatError extends Error {
  /**
   * @param {string} code for programs
   * @param {string} message for people
   * @param {{room?: string|null, id?: string|null, retryAfterMs?: number|null, suggestion?: string|null, closeCode?: number|null, cause?: unknown}} [more]
   */
  constructor(code, message, more = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'FastChatError';
    this.code = code;
    this.room = more.room ?? null;
    this.id = more.id ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.suggestion = more.suggestion ?? null;
    this.closeCode = more.closeCode ?? null;
  }
}
