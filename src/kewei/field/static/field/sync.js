// A round with the house: what waits goes out in its order, what changed comes in. Safe to be cut or killed anywhere.

// One round at a time on this phone, whichever window asks.
const alone = (work) => (navigator.locks ? navigator.locks.request("kewei-field-sync", work) : work());

const AT_ONCE = 4;

const behind = (work) => (navigator.locks ? navigator.locks.request("kewei-field-fulls", work) : work());

export class Refused extends Error {
  constructor(answer) { super(answer.sentence); Object.assign(this, answer); }
}

export function makeSync({ store, outbox, addresses, pieceBytes, onChange = () => {} }) {
  let leaving = false;

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

  const inHeader = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

  // Several at a time, so that the line is not idle while the house thinks.
  async function sendPhotos(device) {
    const waiting = outbox.photosToSend(await store.entries());
    let sent = 0;
    const send = async () => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const small = await store.smallPhoto(one.key);
        const blob = small ?? (await store.photo(one.key));
        if (!blob) { await store.dropEntries([one.key]); continue; }
        const told = await post(addresses.photo, blob, {
          "Content-Type": "image/jpeg", "X-Kewei-Device": String(device.device), "X-Kewei-Mark": one.mark,
          "X-Kewei-Command": inHeader(one.said), "X-Kewei-Sent": new Date().toISOString(),
        });
        await store.putEntries([outbox.settled(one, told, new Date().toISOString())]);
        if (told.state === "done") { await (small ? store.dropSmallPhoto(one.key) : store.dropPhoto(one.key)); sent += 1; }
        onChange();
      }
    };
    // What one of them meets ends the round; the others finish what they have begun.
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, send));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
    return sent;
  }

  // --- full photos, behind the day ---

  // A piece from an offset on, or without one the question how much is there.
  async function piece(device, entry, offset = null, blob = null) {
    const said = JSON.stringify({
      device: device.device, photo: entry.key, offset, bytes: blob?.size ?? 0, digest: blob ? await store.digestOf(blob) : "",
    });
    return post(addresses.piece, blob ?? "", {
      "Content-Type": "application/octet-stream", "X-Kewei-Device": String(device.device),
      "X-Kewei-Mark": await store.markOf(device.key, "piece", said), "X-Kewei-Command": inHeader(said),
    });
  }

  async function sendFull(device, entry) {
    const blob = await store.photo(entry.key);
    if (!blob) { await store.putEntries([{ ...entry, full: null }]); return; }
    const heard = async (told) => {
      entry = outbox.fullAfter(entry, told);
      await store.putEntries([entry]);
      onChange();
    };
    // Begun before and cut off: the house knows how far it came.
    if (entry.full.begun) await heard(await piece(device, entry));
    while (!entry.full.came && !entry.full.sentence) {
      if (leaving) throw new Error("leaving");
      const from = entry.full.have;
      const told = await piece(device, entry, from, blob.slice(from, from + pieceBytes));
      if (leaving || (told.state === "later" && told.have <= from)) throw new Error("cut off");
      await heard(told);
    }
    if (entry.full.came) await store.dropPhoto(entry.key);
  }

  // Whatever full photos are left, oldest first; a line that breaks ends it until the next time.
  async function sendFulls() {
    const device = await store.kept("device");
    try {
      for (const one of device ? outbox.fullsToSend(await store.entries()) : []) await sendFull(device, one);
    } catch (failure) {
      // A stopped phone is wiped by its next round, which nothing else is under way beside.
      return { ok: false, stopped: Boolean(failure.wipe) };
    } finally {
      onChange();
    }
    return { ok: true };
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
        await wiped();
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
  async function say(verb, body, { about = {}, blob = null, smallBlob = null, corrects = null, afterPhotos = false } = {}) {
    const device = await store.kept("device");
    const entry = { key: crypto.randomUUID(), place: await store.next("place"), verb, at: new Date().toISOString(), body, about, state: "waiting", afterPhotos };
    entry.said = JSON.stringify({
      device: device.device, key: entry.key, place: entry.place, verb, at: entry.at, corrects: corrects?.key ?? "", body,
    });
    entry.mark = await store.markOf(device.key, "command", entry.said);
    if (smallBlob) entry.full = { bytes: blob.size, have: 0 };
    await store.addEntry(entry, { blob, smallBlob, corrected: corrects ? { ...corrects, state: "corrected" } : null });
    onChange();
    return entry;
  }

  // A photo of a visit: its small picture goes with the day, the full one behind it; both are named at once.
  async function sayPhoto(visit, { full, small }, { says = "", about = {} } = {}) {
    const told = small ? { bytes: full.size, digest: await store.digestOf(full) } : null;
    const body = { visit, digest: await store.digestOf(small ?? full), says, cleared: true, ...(told ? { full: told } : {}) };
    return say("add_photo", body, { about, blob: full, smallBlob: small });
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
    await wiped();
    onChange();
  }

  // No full photo may be under way: its piece would be written down after everything was let go of.
  function wiped() {
    leaving = true;
    return behind(() => store.wipe());
  }

  return { sync: () => alone(sync), sendFulls: () => behind(sendFulls), say, sayPhoto, leave: () => alone(leave) };
}
