// What still has to reach the house: pure functions over the entries of the phone's store (docs/algorithms/sync.md).
//
// An entry is {key, place, verb, said, mark, at, body, state, …}; its state is one of
//   waiting    not heard of yet, or to be asked again
//   done       taken, with what it made
//   refused    the house said no: shown with the reason until it is corrected or put away
//   corrected  a newer entry stands in its place
// Nothing leaves the outbox but by an answer that names its key, so a lost answer costs a repetition, never an entry.

export const MOST = 200;

export const inOrder = (entries) => [...entries].sort((a, b) => a.place - b.place);
export const waiting = (entries) => inOrder(entries).filter((one) => one.state === "waiting");
export const refused = (entries) => inOrder(entries).filter((one) => one.state === "refused");

// Photos travel apart, after what they belong to: small pictures with the day, full ones behind it.
// A report that needs photos waits for those of its visit.
export function toSend(entries) {
  const photographed = new Set(photosToSend(entries).map((one) => one.body.visit));
  return waiting(entries).filter((one) => one.verb !== "add_photo" && !(one.afterPhotos && photographed.has(one.body.visit))).slice(0, MOST);
}
export const photosToSend = (entries) => waiting(entries).filter((one) => one.verb === "add_photo");

// Full photos whose small picture the house has: {have} bytes of {bytes} are there; `sentence` where the house said no.
export const fullsLeft = (entries) => inOrder(entries).filter((one) => one.state === "done" && one.full && !one.full.came);
export const fullsToSend = (entries) => fullsLeft(entries).filter((one) => !one.full.sentence);
export const fullsRefused = (entries) => fullsLeft(entries).filter((one) => one.full.sentence);
export const bytesLeft = (entries) => fullsToSend(entries).reduce((sum, one) => sum + one.full.bytes - one.full.have, 0);

// How a full photo stands after the house has spoken of it.
export function fullAfter(entry, told) {
  const { bytes } = entry.full;
  if (told.state === "refused") return { ...entry, full: { bytes, have: 0, begun: true, sentence: told.sentence } };
  return { ...entry, full: { bytes, have: told.have, begun: true, came: told.state === "done" } };
}

// What a round says of one entry; "later" leaves it waiting.
export function settled(entry, told, now) {
  if (told.state === "later") return { ...entry, sentence: told.sentence, tried: now };
  return { ...entry, state: told.state, code: told.code, sentence: told.sentence, made: told.made, heard: now };
}

// The entries a round's answer changes; answers about what is not ours, or is settled, change nothing.
export function afterAnswer(entries, told, now) {
  const byKey = new Map(entries.map((one) => [one.key, one]));
  return told
    .map((one) => [byKey.get(one.key), one])
    .filter(([entry]) => entry?.state === "waiting")
    .map(([entry, one]) => settled(entry, one, now));
}

// Done entries are kept a week, so that today's page knows what was done; refused ones until somebody sees to them, and
// photos until their full picture has come.
export function tooOld(entries, now) {
  const week = 7 * 24 * 3600 * 1000;
  const left = new Set(fullsLeft(entries));
  return entries.filter((one) => !left.has(one) && ["done", "corrected"].includes(one.state) && now - Date.parse(one.at) > week);
}

// What the phone knows to have been done for a stop or terminal: the newest entry of each verb that is not refused.
export function doneFor(entries, { stop = null, terminal, day }) {
  const found = {};
  for (const one of inOrder(entries)) {
    if (["refused", "corrected"].includes(one.state)) continue;
    const same = stop !== null ? one.about?.stop === stop : one.about?.terminal === terminal && !one.about?.stop;
    if (same && one.about?.day === day) found[one.verb] = one;
  }
  return found;
}
