// Receivables: choosing a customer with the arrow keys, sums of what is ticked, the queue by keyboard. Forms work without.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const yuan = (fen) => {
  const sign = fen < 0 ? "-" : "";
  return `${sign}${Math.floor(Math.abs(fen) / 100).toLocaleString("en-US")}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
};
// Only to compare while ticking; the server reads the amount itself.
const fenOf = (text) => {
  const found = /^\s*[¥￥]?\s*([\d,]+)(?:\.(\d{0,2}))?\s*$/.exec(text ?? "");
  return found ? Number(found[1].replaceAll(",", "")) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
};

// --- the customer ------------------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-pick]");
  if (!box || event.isComposing) return;
  const hits = $$(".k-pick-hit", box);
  if (event.key === "Enter" && event.target.matches("[data-pick-find]")) { event.preventDefault(); hits[0]?.click(); }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const at = hits.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  (hits[at] ?? (at < 0 ? $("[data-pick-find]", box) : hits.at(-1)))?.focus();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches?.("[data-pick]")) return;
  const chosen = $("[data-chosen]", event.target);
  if (!chosen) { $("[data-pick-find]", event.target)?.focus(); return; }
  document.body.dispatchEvent(new CustomEvent("kewei:chosen", { bubbles: true }));
  const open = $("[data-open]");
  if (open) window.htmx.ajax("GET", `/receivables/customers/${chosen.value}/open/`, { target: open, swap: "innerHTML" });
  const form = event.target.closest("form");
  (form && $$("input:not([type=hidden]):not([type=search])", form).find((field) => !field.value && field.type !== "radio" && field.type !== "checkbox"))?.focus();
});

// --- sums --------------------------------------------------------------------------------------------------------------

function addUp(form) {
  const ticked = $$("input[name=tick]:checked", form);
  const line = $("[data-sum]", form);
  if (!line) return;
  const sum = ticked.reduce((total, box) => total + Number(box.dataset.fen), 0);
  const left = form.dataset.left ? Number(form.dataset.left) : fenOf($("[data-amount] input", form)?.value);
  line.hidden = !ticked.length;
  $("[data-sum-yuan]", line).textContent = yuan(sum);
  $("[data-sum-differs]", line).hidden = left === null || left === sum;
  $("[data-sum-equal]", line).hidden = left === null || left !== sum;
  if (left !== null) $("[data-sum-difference]", line).textContent = yuan(left - sum);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form");
  if (!form) return;
  if (event.target.name === "tick") {
    const named = $("input[name=how][value=named]", form);
    if (named && event.target.checked) named.checked = true;
    addUp(form);
  }
});
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form");
  if (!form) return;
  if (event.target.closest("[data-amount]")) addUp(form);
  if (event.target.matches("[data-share]")) {
    const table = $("input[name=how][value=table]", form);
    if (table) table.checked = true;
    const sum = $$("[data-share]", form).reduce((total, field) => total + (fenOf(field.value) ?? 0), 0);
    const told = $("[data-share-sum]", form);
    if (told) told.textContent = yuan(sum);
    const left = $("[data-share-left]", form);
    if (left) left.textContent = yuan(Number(form.dataset.left) - sum);
  }
});
// What is left goes into this row, as far as the row can take it.
document.addEventListener("click", (event) => {
  const fill = event.target.closest?.("[data-fill]");
  if (!fill) return;
  const form = fill.closest("form");
  const field = $("[data-share]", fill.closest("tr"));
  const others = $$("[data-share]", form).reduce((total, one) => total + (one === field ? 0 : fenOf(one.value) ?? 0), 0);
  const fen = Math.max(0, Math.min(Number(fill.dataset.fill), Number(form.dataset.left) - others));
  field.value = fen ? yuan(fen) : "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// --- the queue ---------------------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const queue = $("[data-queue]");
  if (!queue || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const links = $$("[data-queue-row]", queue);
  const at = links.findIndex((link) => link.getAttribute("aria-current") === "true");
  const keys = {
    j: () => links[at + 1]?.click(),
    k: () => links[at - 1]?.click(),
    Enter: () => { if (event.target.closest("a, button, summary")) return false; $("[data-apply-best]", queue)?.click(); return true; },
    u: () => $(".k-toast-undo")?.click(),
  };
  const does = keys[event.key];
  if (does && does() !== false) event.preventDefault();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "queue") $("[data-queue-row][aria-current=true]", event.target)?.scrollIntoView({ block: "nearest" });
});
