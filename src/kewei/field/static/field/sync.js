// A round with the house: what waits goes out in its order, what changed comes in. Safe to be cut or killed anywhere.

// One round at a time on this phone, whichever window asks.
const alone = (work) => (navigator.locks ? navigator.locks.request("kewei-field-sync", work) : work());

export class Refused extends Error {
  constructor(answer) { super(answer.sentence); Object.assign(this, answer); }
}

export function makeSync({ store, outbox, addresses, onChange = () => {} }) {
  async function post(address, body, headers) {
    const got = await fetch(address, { method: "POST", body, headers, credentials: "omit", cache: "no-store" });
    const type = got.headers.get("Content-Type") ?? "";
    const answer = type.includes("json") ? await got.json() : { sentence: "", code: `http_${got.status}` };
    if (!got.ok) throw new Refused(answer);
    return answer;
  }

  async function round(device) {
    const entries = await store.entries();
    const sending = outbox.toSend(entries);
    const holds = (await store.kept("holds")) ?? null;
    const text = JSON.stringify({
      number: await store.next("number"),
      sent_at: new Date().toISOString(),
      holds,
      commands: sending.map(({ said, mark }) => ({ said, mark })),
    });
    const mark = await store.markOf(device.key, "round", text);
    const answer = await post(addresses.sync, text, {
      "Content-Type": "application/json", "X-Kewei-Device": String(device.device), "X-Kewei-Mark": mark,
    });
    const changed = outbox.afterAnswer(await store.entries(), answer.told, answer.now);
    await store.takeRound(answer, changed, answer.number > ((await store.kept("holds")) ?? 0));
    return { settled: changed.some((one) => one.state !== "waiting"), full: sending.length === outbox.MOST };
  }

  async function sendPhotos(device) {
    let sent = 0;
    for (const one of outbox.photosToSend(await store.entries())) {
      const blob = await store.photo(one.key);
      if (!blob) { await store.dropEntries([one.key]); continue; }
      const said = btoa(String.fromCharCode(...new TextEncoder().encode(one.said)));
      const told = await post(addresses.photo, blob, {
        "Content-Type": "image/jpeg", "X-Kewei-Device": String(device.device), "X-Kewei-Mark": one.mark,
        "X-Kewei-Command": said, "X-Kewei-Sent": new Date().toISOString(),
      });
      const now = new Date().toISOString();
      await store.putEntries([outbox.settled(one, told, now)]);
      if (told.state === "done") { await store.dropPhoto(one.key); sent += 1; }
      onChange();
    }
    return sent;
  }

  // Everything that waits, and what changed. {ok} or {ok: false, sentence}; a phone that was stopped wipes itself.
  async function sync() {
    const device = await store.kept("device");
    if (!device) return { ok: false, sentence: "" };
    try {
      let last;
      do { last = await round(device); onChange(); } while (last.full && last.settled);
      // A round first: photos refer to visits it makes; one after, for what was made to wait for an earlier entry.
      if (await sendPhotos(device)) await round(device);
      await store.dropEntries(outbox.tooOld(await store.entries(), Date.now()).map((one) => one.key));
      await store.keep("synced", { at: new Date().toISOString(), sentence: "" });
      return { ok: true };
    } catch (failure) {
      if (failure.wipe) {
        await store.wipe();
        return { ok: false, wiped: true, sentence: failure.message };
      }
      const sentence = failure instanceof Refused ? failure.message : "";
      await store.keep("failed", { at: new Date().toISOString(), sentence, code: failure.code ?? "network" });
      return { ok: false, sentence, code: failure.code ?? "network" };
    } finally {
      onChange();
    }
  }

  // Say it and keep it: what a person enters is theirs at once, whether there is a network or not.
  async function say(verb, body, { about = {}, blob = null, corrects = null } = {}) {
    const device = await store.kept("device");
    const entry = { key: crypto.randomUUID(), place: await store.next("place"), verb, at: new Date().toISOString(), body, about, state: "waiting" };
    entry.said = JSON.stringify({
      device: device.device, key: entry.key, place: entry.place, verb, at: entry.at, corrects: corrects?.key ?? "", body,
    });
    entry.mark = await store.markOf(device.key, "command", entry.said);
    await store.addEntry(entry, blob, corrects ? { ...corrects, state: "corrected" } : null);
    onChange();
    return entry;
  }

  // Sign the phone off and let go of everything; without a network the house learns of it when it stops the phone.
  async function leave() {
    const device = await store.kept("device");
    if (device) {
      const text = JSON.stringify({ number: await store.next("number") });
      const mark = await store.markOf(device.key, "round", text);
      await post(addresses.leave, text, {
        "Content-Type": "application/json", "X-Kewei-Device": String(device.device), "X-Kewei-Mark": mark,
      }).catch(() => null);
    }
    await store.wipe();
    onChange();
  }

  return { sync: () => alone(sync), say, leave: () => alone(leave) };
}
