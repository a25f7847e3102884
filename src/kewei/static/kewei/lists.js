// Lists: j k move, Enter opens, x selects, / goes to the filter, [ ] turn pages. Everything also works without.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

const list = () => $("#list");
const rows = () => $$("tbody tr[data-row]", list() ?? document.createElement("div"));
const current = () => rows().findIndex((row) => row.classList.contains("k-at"));

function go(index) {
  const all = rows();
  if (!all.length) return;
  const chosen = all[Math.max(0, Math.min(index, all.length - 1))];
  for (const row of all) row.classList.toggle("k-at", row === chosen);
  const link = $("a", chosen);
  if (link) link.focus({ preventScroll: true });
  chosen.scrollIntoView({ block: "nearest" });
}

function countTicks() {
  const bar = $("#bulk-bar");
  if (!bar) return;
  const ticked = $$("tbody .k-tick input:checked", list());
  bar.classList.toggle("k-bulk-on", ticked.length > 0);
  const count = $("[data-ticked]", bar);
  if (count) count.textContent = String(ticked.length);
  const all = $("thead .k-tick input", list());
  if (all) { all.checked = ticked.length > 0 && ticked.length === rows().length; all.indeterminate = ticked.length > 0 && !all.checked; }
}

document.addEventListener("keydown", (event) => {
  if (!list() || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const keys = {
    j: () => go(current() + 1),
    k: () => go(current() - 1),
    x: () => { const box = $(".k-tick input", rows()[current()] ?? document.createElement("tr")); if (box) { box.checked = !box.checked; countTicks(); } },
    "/": () => { const find = $("[data-find]", list()); if (find) { find.focus(); find.select(); } },
    "[": () => $("a[rel=prev]", list())?.click(),
    "]": () => $("a[rel=next]", list())?.click(),
    Enter: () => { if (event.target.closest("a, button, summary, input")) return false; const row = rows()[current()]; if (row?.dataset.href) location.assign(row.dataset.href); return true; },
  };
  const does = keys[event.key];
  if (does && does() !== false) event.preventDefault();
});

// The whole row opens, except where something inside it was meant, or text is being selected.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("thead .k-tick input")) for (const box of $$("tbody .k-tick input", list())) box.checked = event.target.checked;
  if (event.target.matches(".k-tick input")) countTicks();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-untick]")) { for (const box of $$(".k-tick input:checked", list())) box.checked = false; countTicks(); }
});
document.addEventListener("htmx:afterSettle", countTicks);

// The export takes what the address now says, the page itself may be older.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-export]");
  if (!link) return;
  const asked = new URLSearchParams(location.search);
  asked.set("format", "xlsx");
  link.href = `?${asked}`;
});

// The head of a list stays in sight where the table fits; where it does not, the frame scrolls sideways instead.
function fit() {
  for (const frame of $$(".k-list .k-scroll")) {
    frame.classList.remove("k-fits");
    frame.classList.toggle("k-fits", frame.scrollWidth <= frame.clientWidth);
  }
}
fit();
addEventListener("resize", fit);
document.addEventListener("htmx:afterSettle", fit);
