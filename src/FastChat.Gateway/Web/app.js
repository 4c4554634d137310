// The chat page. What tests and style sheets may rely on:
//
//   #signin            the first screen        #name, #join (button), #signin-error, #suggestion (a free name, when one is offered)
//   #chat              the chat itself; data-user is the name
//   #connection        data-state is closed, connecting, connected or waiting; #connection-text says it; #retry tries at once
//   #rooms li          data-room is the id, data-unread the number of unread messages, aria-current is on the open room's link;
//                      [data-leave] leaves
//   #room-name         the room to join, in the form #add-room; #add-room-error
//   #room-title        the open room; the address's #fragment opens a room as well
//   .log               one a room, data-room is its id; only the open one is not hidden
//   [data-message]     a message; data-user, data-offset (absent until it is stored), data-state: pending (on its way), sent (stored,
//                      not yet back), failed (with [data-retry] and [data-discard]), absent (as all see it); .author, .text, time
//   [data-gap]         messages that could not be loaded; its value is "from-to"
//   #composer, #send   what is being typed; #note says what is wrong with sending; #typing who types
//   #people li         data-user; #people-count
//   #newest            there are newer messages below
//   #signout
import { FastChat } from '/client/fastchat.js';
import { fillPeople, fillRooms, fillTyping } from './lists.js';
import { problemOf, RoomView } from './room-view.js';
import { browser, keys, tab } from './store.js';
import { countOf, dressAvatar, plural } from './text.js';

const $ = (id) => document.getElementById(id);
const ROOM_ID = /^[A-Za-z0-9._~:-]{1,64}$/;
const FIRST_ROOM = 'lobby';

let chat = null;
/** Room id → RoomView, in the order of joining. */
const views = new Map();
let open = null;
let countdown = null;
/** The rooms that the tab's storage has. */
let kept = '';

// ---- signing in ---------------------------------------------------------------------------------------------------

function roomOfAddress() {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* taken as it is */ }
  return ROOM_ID.test(id) ? id : null;
}

function showSignin(problem = '', suggestion = null) {
  $('chat').hidden = true;
  $('signin').hidden = false;
  $('signin-room').textContent = `#${roomOfAddress() ?? FIRST_ROOM}`;
  $('signin-error').textContent = problem;
  $('signin-status').textContent = '';
  $('join').disabled = false;
  $('suggestion').hidden = suggestion === null;
  if (suggestion !== null) {
    $('suggestion').textContent = `Be ${suggestion}`;
    $('suggestion').dataset.name = suggestion;
  }
  document.title = 'FastChat';
  $('name').focus();
}

/** Signs in with the room of the address open, else the one given, else the lobby; the other rooms are joined too. */
async function signIn(name, given = null, rooms = []) {
  $('signin-error').textContent = '';
  $('suggestion').hidden = true;
  $('join').disabled = true;
  $('signin-status').textContent = 'Connecting…';
  const mine = chat = new FastChat(new URL('/ws', location.href), { user: name, keys });
  chat.on('state', (change) => { if (chat === mine) showConnection(change); });
  chat.on('error', (error) => { if (chat === mine) showError(error); });
  chat.connect().catch(() => {}); // the state tells
  const first = roomOfAddress() ?? given ?? FIRST_ROOM;
  const failure = await openRoom(first).then(() => null, (error) => error);
  if (chat !== mine) return;
  if (failure !== null) {
    signOut();
    $('name').value = name;
    showSignin(failure.code === 'name_taken' ? `Somebody else is called ${name}.` : problemOf(failure), failure.suggestion);
    return;
  }
  browser.write('name', name);
  $('signin').hidden = true;
  $('chat').hidden = false;
  $('chat').dataset.user = chat.user;
  $('my-name').textContent = chat.user;
  dressAvatar($('my-avatar'), chat.user);
  show(views.get(first));
  for (const id of rooms) if (id !== first) openRoom(id).catch(() => {});
  $('composer').focus();
}

/** After a reload: the same name and rooms again. */
function resumeSession() {
  const session = tab.read('session');
  if (typeof session?.name !== 'string' || !Array.isArray(session.rooms)) return;
  $('name').value = session.name;
  signIn(session.name, session.open, session.rooms);
}

function signOut() {
  const closing = chat;
  kept = '';
  chat = open = null; // first: what the closing tells is of no interest any more
  clearInterval(countdown);
  views.clear();
  closing?.close();
  $('messages').replaceChildren();
  $('rooms').replaceChildren();
  $('composer').value = '';
}

function showError(error) {
  if (error.code === 'name_taken' || error.code === 'unauthorized') {
    const name = chat.user;
    signOut();
    $('name').value = name;
    showSignin(error.code === 'name_taken' ? `Meanwhile somebody else is called ${name}.` : problemOf(error), error.suggestion);
    return;
  }
  const view = views.get(error.room);
  if (view !== undefined && chat.rooms.has(error.room)) view.say(problemOf(error), 6000);
  else if (view !== undefined) dropRoom(view, problemOf(error));
}

// ---- rooms --------------------------------------------------------------------------------------------------------

/** Joins a room, or waits until it is joined. */
async function openRoom(id) {
  const known = views.get(id);
  if (known !== undefined) return known.join();
  const view = new RoomView(id, chat, (what, detail) => changed(view, what, detail));
  view.log.element.dataset.room = id;
  view.log.onEnd = (atEnd) => { if (view === open && atEnd) read(view); };
  views.set(id, view);
  $('messages').append(view.log.element);
  try {
    await view.join();
  } catch (error) {
    if (views.get(id) === view) views.delete(id);
    view.log.element.remove();
    throw error;
  }
  showRooms();
}

async function goTo(id) {
  const mine = chat;
  try {
    await openRoom(id);
    if (chat === mine && views.has(id)) show(views.get(id));
  } catch (error) {
    if (chat === mine) $('add-room-error').textContent = `#${id}: ${problemOf(error)}`;
  }
}

function show(view) {
  if (open !== null) {
    open.draft = $('composer').value;
    open.stopTyping();
    open.log.hide();
  }
  open = view;
  if (roomOfAddress() !== view.id) history.replaceState(null, '', `#${view.id}`);
  $('room-title').textContent = view.id;
  $('composer').placeholder = `Message #${view.id}`;
  $('composer').value = view.draft;
  $('add-room-error').textContent = '';
  view.log.show();
  fitComposer();
  read(view);
  showPeople();
  showTyping();
  showNote();
  closePanels();
}

function dropRoom(view, problem = '') {
  if (!views.delete(view.id)) return;
  view.leave();
  if (open === view) {
    open = null;
    const next = views.values().next().value;
    if (next !== undefined) show(next);
    else goTo(FIRST_ROOM);
  }
  $('add-room-error').textContent = problem === '' ? '' : `#${view.id}: ${problem}`;
  showRooms();
}

function changed(view, what, detail) {
  if (views.get(view.id) !== view) return;
  if (what === 'message' && detail.user !== chat.user && !(view === open && view.log.isAtEnd && !document.hidden)) {
    view.unread += 1;
    showRooms();
    showNewest();
  }
  if (view !== open) return;
  if (what === 'people') showPeople();
  if (what === 'typing') showTyping();
  if (what === 'note') showNote();
}

function read(view) {
  if (document.hidden) return;
  view.unread = 0;
  showRooms();
  showNewest();
}

function showRooms() {
  const joined = [...views.values()].filter((view) => view.joined);
  fillRooms($('rooms'), joined, open, (id) => dropRoom(views.get(id)));
  const unread = joined.reduce((sum, view) => sum + view.unread, 0);
  const elsewhere = unread - (open?.unread ?? 0);
  $('other-unread').hidden = elsewhere === 0;
  $('other-unread').textContent = countOf(elsewhere);
  document.title = `${unread > 0 ? `(${countOf(unread)}) ` : ''}${open === null ? '' : `#${open.id} · `}FastChat`;
  keepSession(joined);
}

function keepSession(joined) {
  const rooms = joined.map(({ id }) => id);
  const now = `${open?.id} ${rooms}`;
  if (open === null || now === kept) return;
  kept = now;
  tab.write('session', { name: chat.user, open: open.id, rooms });
}

// ---- the open room ------------------------------------------------------------------------------------------------

function showPeople() {
  fillPeople($('people'), open.people, open.count, chat.user);
  $('people-count').textContent = $('people-badge').textContent = String(open.count);
}

function showTyping() {
  fillTyping($('typing'), open.typing);
}

function showNote() {
  $('note').hidden = open.note === null;
  $('note').textContent = open.note?.text ?? '';
}

function showNewest() {
  const { unread, log } = open ?? { unread: 0 };
  $('newest').hidden = unread === 0 || log.isAtEnd;
  $('newest').textContent = `${plural(unread, 'new message', 'new messages')} ↓`;
}

function fitComposer() {
  const box = $('composer');
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight}px`;
  $('send').disabled = box.value.trim() === '';
}

// ---- the connection -----------------------------------------------------------------------------------------------

function showConnection({ state, delayMs = 0, error }) {
  clearInterval(countdown);
  const until = performance.now() + delayMs;
  const say = () => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    const text = {
      connected: 'Connected',
      connecting: 'Connecting…',
      waiting: seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…',
      closed: 'Disconnected',
    }[state];
    $('connection-text').textContent = text;
    if (!$('signin').hidden) $('signin-status').textContent = state === 'waiting' ? `The gateway does not answer. ${text}` : text;
  };
  const before = $('connection').dataset.state;
  $('connection').dataset.state = state;
  $('connection').title = error?.message ?? '';
  $('retry').hidden = state !== 'waiting' && state !== 'closed';
  say();
  if (state === 'waiting') countdown = setInterval(say, 250);
  // Seconds are for the eye; what is read out is only that it was lost and that it is back.
  if (state === 'waiting' && before === 'connected') $('announcer').textContent = 'Connection lost. Reconnecting.';
  if (state === 'connected') $('announcer').textContent = 'Connected.';
  if (state === 'closed' && open !== null && error !== undefined) {
    for (const view of views.values()) view.say(error.message);
    $('announcer').textContent = 'Disconnected.';
  }
}

function retry() {
  if (chat.state === 'waiting') {
    chat.connect().catch(() => {});
    return;
  }
  signOut();
  showSignin();
  resumeSession();
}

// ---- what people do -----------------------------------------------------------------------------------------------

function submitMessage() {
  const text = $('composer').value.trim();
  if (text === '' || open === null) return;
  open.log.toEnd();
  open.send(text);
  $('composer').value = open.draft = '';
  fitComposer();
}

/** Narrow screens: one list lies over the conversation, or none does. */
function panel(name, shown = $('chat').dataset.panel !== name) {
  if (shown) $('chat').dataset.panel = name;
  else delete $('chat').dataset.panel;
  $('show-rooms').setAttribute('aria-expanded', String(shown && name === 'rooms'));
  $('show-people').setAttribute('aria-expanded', String(shown && name === 'people'));
  $('veil').hidden = !shown;
}

function closePanels() {
  panel('', false);
}

$('signin-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const name = $('name').value.trim();
  if (name !== '') signIn(name);
});
$('suggestion').addEventListener('click', () => {
  $('name').value = $('suggestion').dataset.name;
  $('signin-form').requestSubmit();
});
$('add-room').addEventListener('submit', (event) => {
  event.preventDefault();
  const id = $('room-name').value.trim().replace(/^#/, '');
  $('add-room-error').textContent = '';
  if (!ROOM_ID.test(id)) return;
  $('room-name').value = '';
  goTo(id);
});
$('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  submitMessage();
});
$('composer').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submitMessage();
});
$('composer').addEventListener('input', () => {
  fitComposer();
  if ($('composer').value.trim() === '') open?.stopTyping();
  else open?.types();
});
$('newest').addEventListener('click', () => {
  open.log.toEnd();
  read(open);
});
$('retry').addEventListener('click', retry);
$('signout').addEventListener('click', () => {
  tab.write('session', null);
  signOut();
  showSignin();
});
$('show-rooms').addEventListener('click', () => {
  panel('rooms');
  $('rooms').querySelector('a')?.focus();
});
$('show-people').addEventListener('click', () => panel('people'));
$('veil').addEventListener('click', closePanels);
addEventListener('keydown', (event) => {
  const name = $('chat').dataset.panel;
  if (event.key !== 'Escape' || name === undefined) return;
  closePanels();
  $(`show-${name}`).focus();
});
addEventListener('hashchange', () => {
  const id = roomOfAddress();
  if (id === null) return;
  if (open === null) $('signin-room').textContent = `#${id}`;
  else goTo(id);
});
document.addEventListener('visibilitychange', () => { if (open?.log.isAtEnd) read(open); });

$('name').value = browser.read('name') ?? '';
showSignin();
resumeSession();
