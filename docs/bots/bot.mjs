import { FastChat } from '../../clients/js/fastchat.js';
const ws = '../../clients/js/node_modules/ws/wrapper.mjs'; // For Node before 22: npm ci --prefix clients/js
const WebSocket = globalThis.WebSocket ?? (await import(ws)).default;
const chat = new FastChat(process.argv[2] ?? 'ws://localhost:8000/ws', { user: 'js-bot', WebSocket });
await chat.connect();
const room = await chat.join('lobby');
room.on('message', ({ user, text }) => {
  if (text === '!hello') room.publish(`Hello, ${user}!`).catch(console.error);
});
