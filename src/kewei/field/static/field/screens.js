// The screens, each a function of what lies on the phone; every one of them works without a network.

const WEEK = 7;

// What each screen needs, read at once.
async function at(app) {
  const [terminals, stops, entries, choices, me, asOf] = await Promise.all([
    app.store.rowsOf("terminals"), app.store.rowsOf("stops"), app.store.entries(), app.store.row("choices", "choices"),
    app.store.row("me", "me"), app.store.kept("as_of"),
  ]);
  const byKey = new Map(terminals.map((one) => [one.key, one]));
  for (const one of entries) {
    // A prospect entered here can be visited before the house has heard of it.
    if (one.verb === "prospect" && !["refused", "corrected"].includes(one.state) && !byKey.has(String(one.made?.terminal))) {
      byKey.set(one.key, { key: one.key, name: one.body.name, kind: one.body.kind, city: one.body.city ?? "", address: one.body.address ?? "", district: "" });
    }
  }
  return { terminals: byKey, stops, entries, choices: choices ?? {}, me, asOf };
}

// A key of the house is a number, one of this phone a text.
const keyed = (key) => (/^\d+$/.test(key) ? Number(key) : key);
const words = (pairs, code) => (pairs ?? []).find(([one]) => one === code)?.[1] ?? code;
const title = (app, text, sub) => [app.shapes.h("h1", { tabIndex: -1 }, text), sub ? app.shapes.h("p", { className: "quiet" }, sub) : null];

function stateBadges(app, done) {
  const { badge } = app.shapes;
  const shown = ["sign_checklist", "check_in", "report"].filter((verb) => done[verb]);
  return shown.map((verb) => badge(app.words.verbs[verb], done[verb].state === "done" ? "ok" : "warn"));
}

function stopCard(app, data, stop) {
  const { h, clock } = app.shapes;
  const place = data.terminals.get(String(stop.terminal));
  const done = app.outbox.doneFor(data.entries, { stop: Number(stop.key), terminal: stop.terminal, day: stop.day });
  return h("a", { className: "card stop", href: `#/stop/${stop.key}` },
    h("span", { className: "time" }, clock(stop.arrives)), h("strong", {}, place?.name ?? "–"),
    h("p", { className: "quiet" }, place ? `${place.district || place.city} ${place.address}` : ""),
    h("p", {}, stop.purposes.map((one) => words(data.choices.purposes, one)).join("、"), stop.aim ? ` · ${stop.aim}` : ""),
    stateBadges(app, done), stop.visited && !done.check_in ? app.shapes.badge(app.words.verbs.check_in, "ok") : null);
}

export function stranger(app) {
  const { h, link } = app.shapes;
  return [
    ...title(app, app.w("welcome")),
    app.note ? h("p", { className: "note" }, app.note) : null,
    h("p", {}, app.w("welcome_text")),
    link(app.w("enrol"), app.addresses.enrol, { className: "btn primary wide" }),
  ];
}

async function todayScreen(app) {
  const { h, link, today, moment } = app.shapes;
  const data = await at(app);
  const day = today();
  const stops = data.stops.filter((one) => one.day === day).sort((a, b) => a.place - b.place);
  const loose = app.outbox.inOrder(data.entries).filter((one) => one.verb === "check_in" && one.about.day === day && !one.about.stop && !["refused", "corrected"].includes(one.state));
  return [
    ...title(app, app.w("today"), `${day} · ${data.me?.name ?? ""} · ${app.w("data_of", { at: moment(data.asOf) })}`),
    stops.map((stop) => stopCard(app, data, stop)),
    stops.length ? null : h("p", { className: "card" }, app.w("no_stops")),
    loose.map((one) => h("a", { className: "card stop", href: `#/visit/${one.key}` },
      h("strong", {}, data.terminals.get(String(one.about.terminal))?.name ?? "–"), h("p", { className: "quiet" }, one.body.unplanned_why),
      stateBadges(app, app.outbox.doneFor(data.entries, { terminal: one.about.terminal, day })))),
    h("div", { className: "steps" }, link(app.w("unplanned"), "#/customers"), data.choices.prospects ? link(app.words.verbs.prospect, "#/prospect") : null),
  ];
}

async function weekScreen(app) {
  const { h, today, later } = app.shapes;
  const data = await at(app);
  const days = Array.from({ length: WEEK }, (_none, n) => later(today(), n));
  return [
    ...title(app, app.w("week")),
    days.map((day) => {
      const stops = data.stops.filter((one) => one.day === day).sort((a, b) => a.place - b.place);
      return [h("h2", {}, `${day} · ${app.words.app.weekdays.split(" ")[new Date(`${day}T12:00`).getDay()]} · ${app.w("stops_n", { n: stops.length })}`), stops.map((stop) => stopCard(app, data, stop))];
    }),
  ];
}

async function customersScreen(app) {
  const { h } = app.shapes;
  const data = await at(app);
  const list = h("div", {});
  const show = (text) => list.replaceChildren(...[...data.terminals.values()]
    .filter((one) => !text || `${one.name} ${one.code ?? ""} ${one.city}`.toLowerCase().includes(text.toLowerCase()))
    .slice(0, 60)
    .map((one) => h("a", { className: "card stop", href: `#/in/-/${one.key}` }, h("strong", {}, one.name), h("p", { className: "quiet" }, `${one.city} ${one.address}`))));
  show("");
  return [
    ...title(app, app.w("customers"), app.w("customers_text")),
    h("input", { type: "search", ariaLabel: app.w("find"), placeholder: app.w("find"), oninput: (event) => show(event.target.value.trim()) }),
    list,
  ];
}

// --- a stop -----------------------------------------------------------------------------------------------------------

function briefLines(app, sheet) {
  const { h } = app.shapes;
  return sheet.lines.filter((line) => line.entries.length).map((line) => app.shapes.card(h("h2", {}, line.title),
    h("ul", {}, line.entries.map((one) => h("li", { className: one.good === false ? "no" : "" }, one.text)))));
}

async function stopScreen(app, key) {
  const { h, link, clock } = app.shapes;
  const data = await at(app);
  const stop = data.stops.find((one) => one.key === key);
  if (!stop) return [...title(app, app.w("gone")), h("p", {}, app.w("gone_text")), link(app.w("today"), "#/")];
  const place = data.terminals.get(String(stop.terminal));
  const sheet = await app.store.row("checklists", `${stop.terminal}@${stop.day}`);
  const done = app.outbox.doneFor(data.entries, { stop: Number(key), terminal: stop.terminal, day: stop.day });
  return [
    ...title(app, place?.name ?? "–", `${stop.day} ${clock(stop.arrives)} · ${place ? `${place.city}${place.district} ${place.address}` : ""}`),
    stateBadges(app, done),
    steps(app, data, stop, done),
    sheet ? h("p", { className: "quiet" }, app.w("data_of", { at: app.shapes.moment(data.asOf) })) : h("p", { className: "note" }, app.w("no_brief")),
    (sheet?.contacts ?? []).length ? app.shapes.card(h("h2", {}, app.w("contacts")), sheet.contacts.map(([name, job, phone]) => h("p", {}, `${name} ${job} `, phone ? h("a", { href: `tel:${phone}` }, phone) : null))) : null,
    sheet ? briefLines(app, sheet) : null,
  ];
}

function steps(app, data, stop, done) {
  const { h, link } = app.shapes;
  const visit = done.check_in;
  const primary = (is) => ({ className: is ? "btn primary" : "btn" });
  return h("div", { className: "steps" },
    link(app.words.verbs.sign_checklist, `#/check/${stop.key}`, primary(!done.sign_checklist && !visit)),
    link(app.words.verbs.check_in, visit ? `#/visit/${visit.key}` : `#/in/${stop.key}/${stop.terminal}`, primary(done.sign_checklist && !visit)),
    visit ? link(app.words.verbs.add_photo, `#/photo/${visit.key}`) : null,
    visit ? link(app.words.verbs.report, `#/report/${visit.key}`, primary(!done.report)) : null);
}

// --- the checklist ----------------------------------------------------------------------------------------------------

const SEEN = ["look", "tick", "acknowledge"];

function checklistFields(app, sheet) {
  const fields = [];
  for (const line of sheet.lines) {
    const shown = line.entries.map((one) => one.text).join("；");
    if (SEEN.includes(line.wants)) fields.push({ name: `seen_${line.code}`, label: line.title, kind: "flag", note: shown, required: true });
    else if (line.code === "aims") {
      fields.push({ name: "best", label: app.w("best"), required: true }, { name: "least", label: app.w("least"), required: true });
    } else if (line.code === "promises") {
      for (const one of line.entries.filter((entry) => entry.good === false)) fields.push({ name: `word_${one.record}`, label: one.text, required: true, note: line.title });
    } else if (line.wants === "write") {
      fields.push({ name: `word_${line.code}`, label: line.title, required: line.code !== "consent" || sheet.consent, note: shown });
    } else if (line.wants === "itself" && line.state === "open" && line.entries.some((one) => one.good === false)) {
      fields.push({ name: `word_${line.code}`, label: line.title, note: `${shown} ${app.w("why_anyway")}`, required: true });
    }
  }
  return fields;
}

async function checkScreen(app, key, wrong) {
  const { h, form } = app.shapes;
  const data = await at(app);
  const stop = data.stops.find((one) => one.key === key);
  const sheet = stop && (await app.store.row("checklists", `${stop.terminal}@${stop.day}`));
  if (!sheet) return [...title(app, app.words.verbs.sign_checklist), h("p", { className: "note" }, app.w("no_brief"))];
  const specs = checklistFields(app, sheet);
  const corrects = wrong ? data.entries.find((one) => one.key === wrong) : null;
  const draft = (await app.store.draft(`check/${key}`)) ?? {};
  return [
    ...title(app, app.words.verbs.sign_checklist, data.terminals.get(String(stop.terminal))?.name),
    sheet.lines.some((line) => line.state === "block") ? h("p", { className: "problem" }, app.w("blocked")) : null,
    form(specs, draft, {
      words: app.w("sign"),
      keepDraft: (values) => app.store.putDraft(`check/${key}`, values),
      save: async (values) => {
        const seen = specs.filter((one) => one.name.startsWith("seen_") && values[one.name]).map((one) => one.name.slice(5));
        const said = Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith("seen_")).map(([name, value]) => [name.replace(/^word_/, ""), value]));
        await app.say("sign_checklist", {
          terminal: stop.terminal, stop: Number(key), day: stop.day, purposes: sheet.purposes, seen, words: said, as_of: data.asOf,
        }, { about: { stop: Number(key), terminal: stop.terminal, day: stop.day }, corrects });
        await app.store.dropDraft(`check/${key}`);
        location.hash = `#/stop/${key}`;
        app.sync();
      },
    }),
  ];
}

// --- checking in ------------------------------------------------------------------------------------------------------

// One point, asked for once; nothing is followed. A phone that does not know where it is checks in without.
function point() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) { resolve(null); return; }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat_e6: Math.round(coords.latitude * 1e6), lon_e6: Math.round(coords.longitude * 1e6), accuracy_m: Math.round(coords.accuracy) }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  });
}

async function inScreen(app, stopKey, terminalKey, wrong) {
  const { h, form, today } = app.shapes;
  const data = await at(app);
  const stop = stopKey === "-" ? null : data.stops.find((one) => one.key === stopKey);
  const place = data.terminals.get(terminalKey);
  const corrects = wrong ? data.entries.find((one) => one.key === wrong) : null;
  const day = today();
  const specs = [
    { name: "how", label: app.w("how"), kind: "choice", options: data.choices.ways ?? [], required: true },
    { name: "purposes", label: app.w("purposes"), kind: "choices", options: data.choices.purposes ?? [] },
    stop ? null : { name: "unplanned_why", label: app.w("unplanned_why"), required: true, most: 100 },
    { name: "companions", label: app.w("companions"), kind: "lines", add: app.w("add"), remove: app.w("remove"), parts: [{ name: "person", label: app.w("name"), kind: "choice", options: data.choices.colleagues ?? [], required: true, whole: true }] },
    { name: "consented", label: app.w("consent"), kind: "flag", note: app.w("consent_text") },
  ].filter(Boolean);
  const checklist = stop ? app.outbox.doneFor(data.entries, { stop: Number(stopKey), terminal: stop.terminal, day: stop.day }).sign_checklist : null;
  const before = corrects ? { ...corrects.body, companions: (corrects.body.companions ?? []).map((person) => ({ person })) } : { how: "point", purposes: stop?.purposes ?? [] };
  return [
    ...title(app, app.words.verbs.check_in, place?.name),
    corrects ? h("p", { className: "note" }, corrects.sentence) : null,
    form(specs, before, {
      words: app.words.verbs.check_in,
      save: async (values) => {
        if (!values.purposes?.length) throw new Error(app.w("purposes_missing"));
        const spot = values.consented && values.how === "point" ? await point() : null;
        const arrived = corrects?.body.arrived_at ?? new Date().toISOString();
        const entry = await app.say("check_in", {
          terminal: keyed(terminalKey), stop: stop ? Number(stopKey) : null, arrived_at: arrived, checklist: checklist?.key ?? null, ...values, ...spot,
          companions: (values.companions ?? []).map((one) => one.person),
        }, { about: { stop: stop ? Number(stopKey) : null, terminal: keyed(terminalKey), day: corrects?.about.day ?? day }, corrects });
        location.hash = `#/visit/${entry.key}`;
        app.sync();
      },
    }),
  ];
}

async function visitScreen(app, key) {
  const { h, link, moment } = app.shapes;
  const data = await at(app);
  const visit = data.entries.find((one) => one.key === key);
  if (!visit) return todayScreen(app);
  const place = data.terminals.get(String(visit.about.terminal));
  const mine = data.entries.filter((one) => one.body.visit === key && one.state !== "corrected");
  const reported = mine.some((one) => one.verb === "report" && one.state !== "refused");
  return [
    ...title(app, place?.name ?? "–", `${app.words.verbs.check_in} ${moment(visit.body.arrived_at)}`),
    entryState(app, visit),
    h("div", { className: "steps" }, link(app.words.verbs.add_photo, `#/photo/${key}`), link(app.words.verbs.report, `#/report/${key}`, { className: reported ? "btn" : "btn primary" })),
    mine.map((one) => app.shapes.card(h("h2", {}, app.words.verbs[one.verb]), entryState(app, one), h("p", { className: "quiet" }, moment(one.at)))),
  ];
}

function entryState(app, one) {
  const { badge, h } = app.shapes;
  const tones = { waiting: "warn", done: "ok", refused: "bad", corrected: "quiet" };
  const full = one.state === "done" && one.full && !one.full.came ? one.full : null;
  return h("p", {}, badge(app.w(`state_${one.state}`), tones[one.state]), one.sentence ?? "",
    full ? badge(full.sentence ? app.w("full_refused") : app.w("full_waits", { part: Math.floor((full.have * 100) / full.bytes) }), full.sentence ? "bad" : "warn") : null, full?.sentence ?? "");
}

// --- the report -------------------------------------------------------------------------------------------------------

const MISSED = "missed";

function reportFields(app, data, invoices, products, needed) {
  const { choices } = data;
  const { yuan } = app.shapes;
  const product = { name: "product", label: app.w("product"), kind: "choice", options: products, required: true, whole: true };
  const seller = [
    { name: "intents", label: app.w("intents"), kind: "lines", add: app.w("add"), remove: app.w("remove"), parts: [product, { name: "units", label: app.w("units"), kind: "number", required: true }, { name: "by_day", label: app.w("by_day"), kind: "day" }] },
    { name: "stock", label: app.w("stock"), kind: "lines", add: app.w("add"), remove: app.w("remove"), parts: [product, { name: "units", label: app.w("on_shelf"), kind: "number", required: true }, { name: "near_units", label: app.w("near_units"), kind: "number" }, { name: "near_on", label: app.w("near_on"), kind: "day" }] },
  ];
  const promise = invoices.length ? [
    { name: "promise_items", label: app.w("promise_items"), kind: "choices", options: invoices.map((one) => [String(one.entry), `${one.number} · ${yuan(one.fen)}`]) },
    { name: "promise_fen", label: app.w("promise_fen"), kind: "yuan" },
    { name: "promise_on", label: app.w("promise_on"), kind: "day" },
    { name: "promiser", label: app.w("promiser"), most: 60 },
  ] : [];
  const all = [
    { name: "achieved", label: app.w("achieved"), kind: "choice", options: choices.achieved ?? [], required: true },
    { name: "met", label: app.w("met"), kind: "lines", add: app.w("add"), remove: app.w("remove"), parts: [{ name: "name", label: app.w("name"), required: true, most: 60 }, { name: "job", label: app.w("job"), most: 60 }] },
    { name: "feedback", label: app.w("feedback"), kind: "choices", options: choices.feedback ?? [] },
    { name: "mentions", label: app.w("mentions"), kind: "lines", add: app.w("add"), remove: app.w("remove"), parts: [product, { name: "material", label: app.w("material"), most: 60, required: Boolean(choices.medical) }] },
    ...(choices.trade ? [...seller, ...promise] : []),
    { name: "competition", label: app.w("competition"), kind: "area", most: 300 },
    { name: "adverse", label: app.w("adverse"), kind: "flag" },
    { name: "adverse_note", label: app.w("adverse_note"), kind: "area", most: 300 },
    { name: "expense_kind", label: app.w("expense_kind"), kind: "choice", options: choices.expenses ?? [] },
    { name: "expense_fen", label: app.w("expense_fen"), kind: "yuan" },
    { name: "expense_why", label: app.w("expense_why"), most: 200 },
    { name: "note", label: app.w("note"), kind: "area", note: app.w("note_text") },
    { name: "why_words", label: app.w("why_words"), most: 200 },
    { name: "next_step", label: app.w("next_step"), required: true, most: 200 },
    { name: "next_on", label: app.w("next_on"), kind: "day", required: true },
    { name: "signature", label: app.w("signature"), kind: "signature", clear: app.w("clear") },
  ];
  return all.map((spec) => ({ ...spec, needed: needed.includes(spec.name) }));
}

// What a report about this kind of terminal still lacks; nobody need have been met where the visit came to nothing.
function missing(values, needed, photos) {
  if (values.achieved === MISSED && !values.met?.length) return [];
  return needed.filter((part) => (part === "photos" ? !photos : !values[part]?.length));
}

function promiseOf(values) {
  const { promise_items: items, promise_fen: fen, promise_on: on, promiser, ...rest } = values;
  if (!items?.length) return rest;
  return { ...rest, promise: { items: items.map(Number), parts: fen && on ? [{ due_on: on, fen }] : [], promiser: promiser ?? "" } };
}

const promiseBack = (body) => (body.promise ? { ...body, promise_items: body.promise.items.map(String), promise_fen: body.promise.parts[0] ? (body.promise.parts[0].fen / 100).toFixed(2) : "", promise_on: body.promise.parts[0]?.due_on, promiser: body.promise.promiser } : body);

async function reportScreen(app, visitKey, wrong) {
  const { h, form, today, later } = app.shapes;
  const data = await at(app);
  const visit = data.entries.find((one) => one.key === visitKey);
  if (!visit) return todayScreen(app);
  const invoices = (await app.store.row("invoices", String(visit.about.terminal)))?.rows ?? [];
  const products = (await app.store.rowsOf("products")).map((one) => [one.key, `${one.name} ${one.spec}`]);
  const needed = data.choices.needed?.[data.terminals.get(String(visit.about.terminal))?.kind] ?? [];
  const specs = reportFields(app, data, invoices, products, needed);
  const corrects = wrong ? data.entries.find((one) => one.key === wrong) : null;
  const name = `report/${visitKey}`;
  const draft = (await app.store.draft(name)) ?? (corrects ? yuanBack(promiseBack(corrects.body)) : { next_on: later(today(), 14) });
  return [
    ...title(app, app.words.verbs.report, data.terminals.get(String(visit.about.terminal))?.name),
    corrects ? h("p", { className: "note" }, corrects.sentence) : null,
    form(specs, draft, {
      words: app.w("hand_in"),
      keepDraft: (values) => app.store.putDraft(name, yuanBack(values)),
      save: async (values) => {
        const photos = data.entries.some((one) => one.verb === "add_photo" && one.body.visit === visitKey && one.state !== "refused");
        const lacks = missing(values, needed, photos);
        if (lacks.length) throw new Error(app.w("parts_missing", { parts: lacks.map((part) => words(data.choices.parts, part)).join("、") }));
        const left = corrects?.body.left_at ?? new Date().toISOString();
        await app.say("report", { visit: visitKey, left_at: left, ...promiseOf(values) }, { about: visit.about, corrects, afterPhotos: needed.includes("photos") });
        await app.store.dropDraft(name);
        location.hash = `#/visit/${visitKey}`;
        app.sync();
      },
    }),
  ];
}

// Amounts stand in fields as people type them.
const yuanBack = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, name.endsWith("_fen") && typeof value === "number" ? (value / 100).toFixed(2) : value]));

// --- photos -----------------------------------------------------------------------------------------------------------

async function photoScreen(app, visitKey) {
  const { h } = app.shapes;
  const data = await at(app);
  const visit = data.entries.find((one) => one.key === visitKey);
  if (!visit) return todayScreen(app);
  const problem = h("p", { className: "problem", role: "alert" });
  const says = h("input", { id: "says", maxLength: 100 });
  const cleared = h("input", { id: "cleared", type: "checkbox" });
  const take = async (event) => {
    problem.textContent = "";
    if (!cleared.checked) { problem.textContent = app.w("cleared_missing"); event.target.value = ""; return; }
    for (const file of event.target.files) {
      try {
        await app.sayPhoto(visitKey, await app.photo.shrink(file, app.sizes.small), { says: says.value.trim(), about: visit.about });
      } catch {
        problem.textContent = app.w("no_picture");
        return;
      }
    }
    location.hash = `#/visit/${visitKey}`;
    app.sync();
  };
  return [
    ...title(app, app.words.verbs.add_photo, data.terminals.get(String(visit.about.terminal))?.name),
    h("p", { className: "note" }, app.w("photo_text")),
    h("div", { className: "field" }, h("label", { className: "flag" }, cleared, h("span", {}, app.w("cleared")))),
    h("div", { className: "field" }, h("label", { htmlFor: "says" }, app.w("says")), says),
    h("div", { className: "field" }, h("label", { htmlFor: "camera" }, app.w("camera")), h("input", { id: "camera", type: "file", accept: "image/*", capture: "environment", multiple: true, onchange: take })),
    problem,
  ];
}

// --- a new prospect ---------------------------------------------------------------------------------------------------

async function prospectScreen(app, _none, wrong) {
  const { h, form, today, later } = app.shapes;
  const data = await at(app);
  const corrects = wrong ? data.entries.find((one) => one.key === wrong) : null;
  const specs = [
    { name: "name", label: app.w("prospect_name"), required: true, most: 120 },
    { name: "kind", label: app.w("kind"), kind: "choice", options: data.choices.kinds ?? [], required: true },
    { name: "source", label: app.w("source"), kind: "choice", options: data.choices.sources ?? [], required: true },
    { name: "province", label: app.w("province"), most: 30 },
    { name: "city", label: app.w("city"), most: 30 },
    { name: "address", label: app.w("address"), most: 200 },
    { name: "credit_code", label: app.w("credit_code"), most: 18 },
    { name: "contact_name", label: app.w("contact_name"), most: 60 },
    { name: "contact_job", label: app.w("job"), most: 60 },
    { name: "contact_phone", label: app.w("work_phone"), most: 40, type: "tel" },
    { name: "next_what", label: app.w("next_step"), most: 200 },
    { name: "next_on", label: app.w("next_on"), kind: "day" },
  ];
  const draft = (await app.store.draft("prospect")) ?? corrects?.body ?? { source: "visit", next_on: later(today(), 7) };
  return [
    ...title(app, app.words.verbs.prospect),
    corrects ? h("p", { className: "note" }, corrects.sentence) : null,
    form(specs, draft, {
      words: app.w("save"),
      keepDraft: (values) => app.store.putDraft("prospect", values),
      save: async (values) => {
        await app.say("prospect", values, { about: { day: today() }, corrects });
        await app.store.dropDraft("prospect");
        location.hash = "#/customers";
        app.sync();
      },
    }),
  ];
}

// --- syncing ----------------------------------------------------------------------------------------------------------

// Where a refused entry is corrected: its own form, filled with what was said.
function better(one) {
  switch (one.verb) {
    case "sign_checklist": return `#/check/${one.about.stop}/${one.key}`;
    case "check_in": return `#/in/${one.about.stop ?? "-"}/${one.about.terminal}/${one.key}`;
    case "report": return `#/report/${one.body.visit}/${one.key}`;
    case "prospect": return `#/prospect/-/${one.key}`;
    default: return null;
  }
}

async function syncScreen(app) {
  const { h, link, button, moment, card } = app.shapes;
  const data = await at(app);
  const [device, synced, failed] = await Promise.all([app.store.kept("device"), app.store.kept("synced"), app.store.kept("failed")]);
  const late = failed && (!synced || failed.at > synced.at) ? failed : null;
  const waits = app.outbox.waiting(data.entries);
  const no = app.outbox.refused(data.entries);
  const fulls = app.outbox.fullsToSend(data.entries);
  const noFulls = app.outbox.fullsRefused(data.entries);
  const again = (one) => button(app.w("again"), async () => { await app.store.putEntries([{ ...one, full: { ...one.full, sentence: "" } }]); app.sync({ loud: true }); }, { className: "btn primary" });
  const giveUp = (one) => button(app.w("put_away"), async () => { if (confirm(app.w("full_away_sure"))) { await app.store.putEntries([{ ...one, full: null }]); await app.store.dropPhoto(one.key); app.show(); } }, { className: "btn small" });
  const name = (one) => data.terminals.get(String(one.about.terminal))?.name ?? one.body.name ?? "";
  const drop = (one) => button(app.w("put_away"), async () => { if (confirm(app.w("put_away_sure"))) { await app.store.putEntries([{ ...one, state: "corrected" }]); app.show(); } }, { className: "btn small" });
  const row = (one) => card(h("h2", {}, `${app.words.verbs[one.verb]} · ${name(one)}`), entryState(app, one), h("p", { className: "quiet" }, moment(one.at)),
    one.full?.sentence ? h("div", { className: "steps" }, again(one), giveUp(one)) : null,
    one.state === "refused" ? h("div", { className: "steps" }, better(one) ? link(app.w("correct"), better(one), { className: "btn primary" }) : null, drop(one)) : null);
  return [
    ...title(app, app.w("sync"), `${device.name} · ${app.w("last_synced", { at: moment(synced?.at) })}`),
    late ? h("p", { className: "note" }, late.sentence || app.w("no_network"), ` (${moment(late.at)})`) : null,
    button(app.w("sync_now"), () => app.sync({ loud: true }), { className: "btn primary wide", disabled: app.busy }),
    h("h2", {}, app.w("refused_head", { n: no.length + noFulls.length })), no.length + noFulls.length ? [no.map(row), noFulls.map(row)] : h("p", { className: "quiet" }, app.w("refused_none")),
    h("h2", {}, app.w("waiting_head", { n: waits.length })), waits.length ? waits.map(row) : h("p", { className: "quiet" }, app.w("waiting_none")),
    fulls.length ? [h("h2", {}, app.w("fulls_head", { n: fulls.length })), h("p", { className: "quiet" }, app.w("fulls_text", { kb: Math.ceil(app.outbox.bytesLeft(data.entries) / 1000) })), fulls.map(row)] : null,
    link(app.w("conflicts"), "#/conflicts", { className: "btn wide" }),
    button(app.w("leave"), async () => {
      const unsent = waits.length + no.length + fulls.length + noFulls.length;
      if (!confirm(unsent ? app.w("leave_sure", { n: unsent }) : app.w("leave_plain"))) return;
      await app.leave();
      app.note = app.w("left");
      location.hash = "#/";
      await app.show();
    }, { className: "btn bad wide" }),
  ];
}

function conflictsScreen(app) {
  const { h, card } = app.shapes;
  return [...title(app, app.w("conflicts"), app.w("conflicts_text")), app.words.conflicts.map(([what, then]) => card(h("h2", {}, what), h("p", {}, then)))];
}

export const SCREENS = {
  "": todayScreen, week: weekScreen, customers: customersScreen, stop: stopScreen, check: checkScreen, in: inScreen, visit: visitScreen,
  report: reportScreen, photo: photoScreen, prospect: prospectScreen, sync: syncScreen, conflicts: conflictsScreen,
};
