// The phone's own store: who it is, what lies on it, what it still has to send. All of it goes with wipe().

const NAME = "kewei-field";
const SHAPE = 1;
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, SHAPE);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore("kept");
      db.createObjectStore("rows");
      db.createObjectStore("outbox", { keyPath: "key" });
      db.createObjectStore("photos");
      db.createObjectStore("drafts");
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// One transaction over some stores: `work` is given them and may return a request or a value.
async function within(names, mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const turn = db.transaction(names, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const answer = work(...names.map((name) => turn.objectStore(name)));
    turn.oncomplete = () => resolve(answer instanceof IDBRequest ? answer.result : answer);
    turn.onerror = () => reject(turn.error);
    turn.onabort = () => reject(turn.error);
  });
}

export const kept = (name) => within(["kept"], "readonly", (store) => store.get(name));
export const keep = (name, value) => within(["kept"], "readwrite", (store) => { store.put(value, name); });

export const entries = () => within(["outbox"], "readonly", (store) => store.getAll());
export const putEntries = (list) => within(["outbox"], "readwrite", (store) => { for (const one of list) store.put(one); });
export const dropEntries = (keys) => within(["outbox", "photos"], "readwrite", (outbox, photos) => {
  for (const key of keys) { outbox.delete(key); photos.delete(key); photos.delete(small(key)); }
});
// A photo lies here whole, and beside it its small picture where it has one.
const small = (key) => `${key}/small`;
export const smallPhoto = (key) => within(["photos"], "readonly", (store) => store.get(small(key)));
export const dropSmallPhoto = (key) => within(["photos"], "readwrite", (store) => { store.delete(small(key)); });
export const photo = (key) => within(["photos"], "readonly", (store) => store.get(key));
export const dropPhoto = (key) => within(["photos"], "readwrite", (store) => { store.delete(key); });

export const draft = (name) => within(["drafts"], "readonly", (store) => store.get(name));
export const putDraft = (name, value) => within(["drafts"], "readwrite", (store) => { store.put(value, name); });
export const dropDraft = (name) => within(["drafts"], "readwrite", (store) => { store.delete(name); });

// A new entry, with its photo and in place of the one it corrects: all of it or nothing.
export const addEntry = (entry, { blob, smallBlob, corrected }) => within(["outbox", "photos"], "readwrite", (outbox, photos) => {
  outbox.put(entry);
  if (blob) photos.put(blob, entry.key);
  if (smallBlob) photos.put(smallBlob, small(entry.key));
  if (corrected) outbox.put(corrected);
});

// A number that grows by one each time, even if the app is killed between two of them.
export const next = (name) => within(["kept"], "readwrite", (store) => {
  const asked = store.get(name);
  const box = { value: 1 };
  asked.onsuccess = () => { box.value = (asked.result ?? 0) + 1; store.put(box.value, name); };
  return box;
}).then((box) => box.value);

export const row = (kind, key) => within(["rows"], "readonly", (store) => store.get(`${kind}/${key}`));
export async function rowsOf(kind) {
  const span = IDBKeyRange.bound(`${kind}/`, `${kind}/\uffff`);
  const both = await within(["rows"], "readonly", (store) => ({ keys: store.getAllKeys(span), rows: store.getAll(span) }));
  const keys = both.keys.result.map((key) => key.slice(kind.length + 1));
  return both.rows.result.map((value, n) => ({ key: keys[n], ...value }));
}

// What a round brought and what it says of our entries, in one transaction: killed in the middle, neither happened.
export const takeRound = (answer, changed, fresh) => within(["rows", "outbox", "kept"], "readwrite", (rows, outbox, store) => {
  for (const one of changed) outbox.put(one);
  if (!fresh) return;
  if (answer.whole) rows.clear();
  for (const [kind, list] of Object.entries(answer.rows)) for (const [key, value] of Object.entries(list)) rows.put(value, `${kind}/${key}`);
  for (const [kind, key] of answer.gone) rows.delete(`${kind}/${key}`);
  store.put(answer.number, "holds");
  store.put(answer.now, "as_of");
});

export async function wipe() {
  localStorage.removeItem("kewei-field");
  if (opened) (await opened).close();
  opened = null;
  await new Promise((resolve, reject) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = resolve;
    asked.onerror = () => reject(asked.error);
  });
}

// --- marks ------------------------------------------------------------------------------------------------------------

const bytes = (text) => new TextEncoder().encode(text);
export const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// What the phone signs with goes into the store as a key that can be used but never be read again.
export async function remember({ device, secret, name, person }) {
  const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  await keep("device", { device, name, person, key });
  // Pages of the house see by this that the phone must be wiped before its person signs out.
  localStorage.setItem("kewei-field", String(device));
}
export const markOf = async (key, about, text) => hex(await crypto.subtle.sign("HMAC", key, bytes(`kewei-field-${about}\n${text}`)));
export const digestOf = async (blob) => hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
