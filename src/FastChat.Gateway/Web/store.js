// What the browser keeps. Storage may be refused (a private window, a policy): then it lasts as long as the page.

function keeper(store) {
  return {
    read(key) {
      try {
        return JSON.parse(store().getItem(`fastchat.${key}`));
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        store().setItem(`fastchat.${key}`, JSON.stringify(value));
      } catch {
        // Refused or full: see above.
      }
    },
  };
}

/** For this tab and its reloads: name and rooms. */
export const tab = keeper(() => sessionStorage);

/** For all tabs: the last name, and the guest keys. */
export const browser = keeper(() => localStorage);

const keyName = (user) => `key:${user.normalize('NFC').toLowerCase()}`;

/** One guest key a name, as the client wants it. */
export const keys = {
  load: (user) => browser.read(keyName(user)),
  save: (user, key) => browser.write(keyName(user), key),
};
