// Begins the app: the parts, the worker that keeps them, the screen the address names, a sync when there is a network.

const told = (id) => JSON.parse(document.getElementById(id).textContent);
const words = told("words");
const addresses = told("addresses");
const modules = told("modules");
const [store, outbox, syncing, photo, shapes, screens] = await Promise.all(
  ["store", "outbox", "sync", "photo", "shapes", "screens"].map((name) => import(modules[name])),
);

// A sentence of the house, with its values filled in.
const w = (name, values = {}) => (words.app[name] ?? name).replaceAll(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");

const main = document.getElementById("main");
const app = { store, outbox, photo, shapes, words, addresses, w, busy: false, note: "" };
const sizes = told("sizes");
const engine = syncing.makeSync({ store, outbox, addresses, pieceBytes: sizes.piece, onChange: () => widget() });
Object.assign(app, { sizes, say: engine.say, sayPhoto: engine.sayPhoto, leave: engine.leave });

app.sync = async ({ loud = false } = {}) => {
  if (app.busy || !(await store.kept("device"))) return;
  app.busy = true;
  widget();
  const answer = await engine.sync();
  app.busy = false;
  await taken(answer, loud);
  // Behind everything else: whoever is in a hurry has been served.
  if (!answer.ok) return;
  const behind = await engine.sendFulls();
  await taken(behind, false);
  if (behind.stopped) await app.sync();
};

async function taken(answer, loud) {
  if (answer.wiped) { app.note = answer.sentence; location.hash = "#/"; }
  if (answer.ok || answer.wiped || loud) await show({ quietly: !answer.wiped });
  widget();
}

async function widget() {
  const device = await store.kept("device");
  document.getElementById("bar").hidden = !device;
  if (!device) return;
  const entries = await store.entries();
  const failed = outbox.refused(entries).length + outbox.fullsRefused(entries).length;
  const fulls = outbox.fullsToSend(entries).length;
  const due = outbox.waiting(entries).length;
  const synced = await store.kept("synced");
  const state = document.getElementById("state");
  state.textContent = app.busy ? w("syncing") : failed ? w("failed_n", { n: failed }) : due ? w("waiting_n", { n: due }) : synced ? w(fulls ? "synced_fulls" : "synced_at", { at: shapes.moment(synced.at).slice(5), n: fulls }) : w("never_synced");
  state.className = app.busy ? "busy" : failed ? "bad" : due || !synced ? "warn" : "ok";
  document.getElementById("count").textContent = failed + due || "";
  document.documentElement.classList.toggle("offline", !navigator.onLine);
}

// Somebody in the middle of a form is not disturbed by what comes in.
const filling = () => main.querySelector("form") !== null;

async function show({ quietly = false } = {}) {
  if (quietly && filling()) return;
  const [, name = "", ...rest] = location.hash.split("/");
  const device = await store.kept("device");
  const draw = device ? (screens.SCREENS[name] ?? screens.SCREENS[""]) : screens.stranger;
  const page = await draw(app, ...rest.map(decodeURIComponent));
  main.replaceChildren(...page.flat(9).filter(Boolean));
  for (const tab of document.querySelectorAll("nav a")) {
    if (tab.getAttribute("href") === `#/${name}`) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (!quietly) { scrollTo(0, 0); main.querySelector("h1")?.focus(); }
  document.documentElement.dataset.ready = String(performance.now());
}
app.show = show;

addEventListener("hashchange", () => show());
addEventListener("online", () => app.sync());
addEventListener("offline", () => widget());
document.addEventListener("visibilitychange", () => { if (!document.hidden) app.sync(); });
document.getElementById("sync").addEventListener("click", () => app.sync({ loud: true }));
setInterval(() => { if (!document.hidden && navigator.onLine) app.sync(); }, 5 * 60 * 1000);

await show();
await widget();
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(addresses.worker, { scope: addresses.app }).catch(() => null);
}
navigator.storage?.persist?.().catch(() => null);
if (navigator.onLine) app.sync();
