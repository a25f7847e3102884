// Small parts the screens are made of: elements, forms, days and times. Texts only ever become text, never markup.

export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list" && name !== "form") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const two = (n) => String(n).padStart(2, "0");
export const dayOf = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
export const today = () => dayOf(new Date());
export const later = (day, n) => { const at = new Date(`${day}T12:00`); at.setDate(at.getDate() + n); return dayOf(at); };
export const clock = (minutes) => `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
export const moment = (iso) => { if (!iso) return "–"; const at = new Date(iso); return `${dayOf(at)} ${two(at.getHours())}:${two(at.getMinutes())}`; };
export const yuan = (fen) => (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 });
export const fenOf = (text) => {
  const found = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text.replaceAll(",", "").trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
};

export const badge = (words, tone) => h("span", { className: `badge ${tone}` }, words);
export const card = (...children) => h("section", { className: "card" }, ...children);
export const button = (words, onclick, more = {}) => h("button", { type: "button", className: "btn", onclick, ...more }, words);
export const link = (words, href, more = {}) => h("a", { href, className: "btn", ...more }, words);

let made = 0;

// A field of a form: {name, label, kind, options, required, note, parts, most}. Kinds: text, area, number, yuan, day,
// choice, choices, flag, lines (rows of small fields).
export function field(spec, values) {
  const id = `f${(made += 1)}`;
  const value = values[spec.name];
  const label = h("label", { htmlFor: id }, spec.label, spec.required ? h("i", { title: spec.required === true ? "" : spec.required }, " *") : null);
  const note = spec.note ? h("small", {}, spec.note) : null;
  const plain = (more) => h("input", { id, name: spec.name, value: value ?? "", required: Boolean(spec.required), ...more });
  switch (spec.kind) {
    case "area":
      return h("div", { className: "field" }, label, h("textarea", { id, name: spec.name, rows: 3, value: value ?? "", required: Boolean(spec.required), maxLength: spec.most ?? 1000 }), note);
    case "number":
      return h("div", { className: "field" }, label, plain({ type: "number", inputMode: "numeric", min: "0", step: "1" }), note);
    case "yuan":
      return h("div", { className: "field" }, label, plain({ inputMode: "decimal", pattern: "[0-9,]+([.][0-9]{1,2})?" }), note);
    case "day":
      return h("div", { className: "field" }, label, plain({ type: "date" }), note);
    case "choice":
      return h("div", { className: "field" }, label, h("select", { id, name: spec.name, required: Boolean(spec.required) },
        spec.required && value ? null : h("option", { value: "" }, "–"),
        spec.options.map(([code, words]) => h("option", { value: code, selected: String(code) === String(value ?? "") }, words))), note);
    case "choices":
      return h("fieldset", { className: "field" }, h("legend", {}, spec.label), h("div", { className: "chips" },
        spec.options.map(([code, words]) => h("label", { className: "chip" }, h("input", { type: "checkbox", name: spec.name, value: code, checked: (value ?? []).includes(code) }), h("span", {}, words)))), note);
    case "flag":
      return h("div", { className: "field" }, h("label", { className: "flag" }, h("input", { id, type: "checkbox", name: spec.name, checked: Boolean(value), required: Boolean(spec.required) }), h("span", {}, spec.label)), note);
    case "signature":
      return signature(spec, value, note);
    case "lines":
      return lines(spec, value ?? [], note);
    default:
      return h("div", { className: "field" }, label, plain({ type: spec.type ?? "text", maxLength: spec.most ?? 200, inputMode: spec.input ?? null, autocomplete: "off" }), note);
  }
}

const MOST_SIGNATURE = 12_000;

// Signed with a finger; kept as a small picture in base64.
function signature(spec, value, note) {
  const canvas = h("canvas", { className: "sign", width: 400, height: 150, name: spec.name, role: "img", ariaLabel: spec.label });
  const pen = canvas.getContext("2d");
  const blank = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height); delete canvas.dataset.picture; };
  const spot = (event) => { const box = canvas.getBoundingClientRect(); return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height]; };
  const keep = () => {
    const drawn = ["image/png", "image/jpeg"].map((type) => canvas.toDataURL(type, 0.4).split(",")[1]);
    canvas.dataset.picture = drawn.find((one) => one.length <= MOST_SIGNATURE) ?? "";
    canvas.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let down = false;
  Object.assign(pen, { lineWidth: 3, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
  blank();
  canvas.addEventListener("pointerdown", (event) => { down = true; canvas.setPointerCapture(event.pointerId); pen.beginPath(); pen.moveTo(...spot(event)); });
  canvas.addEventListener("pointermove", (event) => { if (down) { pen.lineTo(...spot(event)); pen.stroke(); } });
  canvas.addEventListener("pointerup", () => { if (down) { down = false; keep(); } });
  if (value) {
    canvas.dataset.picture = value;
    const bytes = Uint8Array.from(atob(value), (one) => one.charCodeAt(0));
    createImageBitmap(new Blob([bytes])).then((picture) => pen.drawImage(picture, 0, 0)).catch(blank);
  }
  const again = button(spec.clear, () => { blank(); canvas.dispatchEvent(new Event("input", { bubbles: true })); }, { className: "btn small" });
  return h("fieldset", { className: "field" }, h("legend", {}, spec.label), canvas, again, note);
}

function lines(spec, rows, note) {
  const body = h("div", {});
  const add = (values) => body.append(h("div", { className: "line" },
    spec.parts.map((part) => field(part, values)), button("×", (event) => event.target.closest(".line").remove(), { className: "btn small", ariaLabel: spec.remove })));
  for (const row of rows) add(row);
  return h("fieldset", { className: "field lines", name: spec.name }, h("legend", {}, spec.label, spec.needed ? h("i", {}, " *") : null), body, button(spec.add, () => add({}), { className: "btn small" }), note);
}

// The values of a form by the specs it was made from; fen for yuan, whole numbers, lists; what is empty is left out.
export function valuesOf(form, specs) {
  const values = {};
  for (const spec of specs) {
    const found = read(form, spec);
    if (found !== null && found !== "" && !(Array.isArray(found) && !found.length)) values[spec.name] = found;
  }
  return values;
}

function read(within, spec) {
  if (spec.kind === "lines") {
    const box = within.querySelector(`fieldset.lines[name="${spec.name}"]`);
    return [...box.querySelectorAll(".line")].map((line) => valuesOf(line, spec.parts)).filter((one) => Object.keys(one).length);
  }
  const all = [...within.querySelectorAll(`[name="${spec.name}"]`)];
  if (spec.kind === "choices") return all.filter((one) => one.checked).map((one) => one.value);
  const [one] = all;
  if (!one) return null;
  if (spec.kind === "flag") return one.checked;
  if (spec.kind === "signature") return one.dataset.picture ?? "";
  const text = one.value.trim();
  if (spec.kind === "number" || spec.whole) return text === "" ? null : Math.trunc(Number(text));
  if (spec.kind === "yuan") return text === "" ? null : fenOf(text);
  return text;
}

// A form that keeps what was typed as it is typed, so that a killed app loses nothing.
export function form(specs, values, { save, words, keepDraft = () => {} }) {
  const problem = h("p", { className: "problem", role: "alert", hidden: true });
  const element = h("form", {
    noValidate: false,
    oninput: () => keepDraft(valuesOf(element, specs)),
    onsubmit: async (event) => {
      event.preventDefault();
      const press = element.querySelector("button[type=submit]");
      press.disabled = true;
      try {
        await save(valuesOf(element, specs), element);
      } catch (failure) {
        problem.textContent = failure.message;
        problem.hidden = false;
        press.disabled = false;
      }
    },
  }, specs.map((spec) => field(spec, values)), problem, h("button", { type: "submit", className: "btn primary wide" }, words));
  return element;
}
