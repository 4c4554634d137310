// The lists beside the conversation: rooms, people, and who types.
import { countOf, dressAvatar, make, namesLine, plural } from './text.js';

const PEOPLE_SHOWN_MAX = 200;

/** Makes `list` show the joined rooms; items that stay are kept, so that focus stays too. */
export function fillRooms(list, views, open, onLeave) {
  for (const item of [...list.children]) if (!views.some(({ id }) => id === item.dataset.room)) item.remove();
  const sorted = [...views].sort((a, b) => a.id.localeCompare(b.id));
  for (const [index, view] of sorted.entries()) {
    const item = [...list.children].find(({ dataset }) => dataset.room === view.id) ?? roomItem(view, onLeave);
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    showRoom(item, view, view === open, views.length > 1);
  }
}

function roomItem(view, onLeave) {
  const item = make('li');
  item.dataset.room = view.id;
  const link = make('a');
  link.href = `#${view.id}`;
  link.append(make('span', 'hash', '#'), make('span', 'room', view.id), make('span', 'badge'));
  const leave = make('button', 'icon', '×');
  leave.type = 'button';
  leave.dataset.leave = '';
  leave.setAttribute('aria-label', `Leave ${view.id}`);
  leave.addEventListener('click', () => onLeave(view.id));
  item.append(link, leave);
  return item;
}

function showRoom(item, { id, unread }, isOpen, mayLeave) {
  const [link, leave] = item.children;
  const badge = link.lastElementChild;
  item.dataset.unread = String(unread);
  badge.hidden = unread === 0;
  badge.textContent = countOf(unread);
  if (isOpen) link.setAttribute('aria-current', 'page');
  else link.removeAttribute('aria-current');
  link.setAttribute('aria-label', unread === 0 ? id : `${id}, ${plural(unread, 'unread message', 'unread messages')}`);
  leave.hidden = !mayLeave;
}

/** Who is here, by name; of a crowd the first and how many more. */
export function fillPeople(list, people, count, me) {
  const names = [...people].sort((a, b) => a.localeCompare(b)).slice(0, PEOPLE_SHOWN_MAX);
  const rows = names.map((name) => {
    const row = make('li');
    row.dataset.user = name;
    const avatar = make('span', 'avatar');
    avatar.setAttribute('aria-hidden', 'true');
    dressAvatar(avatar, name);
    row.append(avatar, make('bdi', '', name));
    if (name === me) row.append(make('span', 'soft', 'you'));
    return row;
  });
  if (count > rows.length) rows.push(make('li', 'soft', `and ${count - rows.length} more`));
  list.replaceChildren(...rows);
}

export function fillTyping(line, names) {
  line.replaceChildren();
  if (names.length === 0) return;
  const dots = make('span', 'dots');
  dots.append(make('i'), make('i'), make('i'));
  line.append(dots, `${namesLine(names)} ${names.length === 1 ? 'is' : 'are'} typing`);
}
