// The whole of @fastchat/client; browsers and Node import this file.
export { FastChat } from './lib/client.js';
export { Room } from './lib/room.js';
export { FastChatError } from './lib/errors.js';
export { ExtData } from './lib/wire.js';
