/** Everything that `target` tells of a type, gathered, with a bounded wait for the nth. */
export function collect(target, type) {
  const items = [];
  const waiters = new Set();
  target.on(type, (detail) => {
    items.push(detail);
    for (const check of [...waiters]) check();
  });
  items.until = (done, ms = 5000) => new Promise((resolve, reject) => {
    const isDone = typeof done === 'number' ? () => items.length >= done : () => done(items);
    const timer = setTimeout(() => {
      waiters.delete(check);
      reject(new Error(`No such ${type} within ${ms} ms; had ${items.length}: ${items.map((item) => item.text ?? item.state ?? item.offset).join(', ')}`));
    }, ms);
    const check = () => {
      if (!isDone()) return;
      clearTimeout(timer);
      waiters.delete(check);
      resolve(items);
    };
    waiters.add(check);
    check();
  });
  return items;
}
