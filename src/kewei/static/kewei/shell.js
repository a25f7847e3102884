// The frame of every page: navigation on small screens, theme, toasts, explanations, menus, search palette, keys.

const root = document.documentElement;
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

// --- navigation on small screens ---------------------------------------------------------------------------------------

function showSide(open) {
  document.body.classList.toggle("k-side-on", open);
  $("[data-side=open]")?.setAttribute("aria-expanded", String(open));
  if (open) $(".k-side a")?.focus();
  else $("[data-side=open]")?.focus();
}

// With many rooms the page's own door may lie below the fold of the navigation. Not scrollIntoView, after which the first
// Tab would go on from there.
const door = $(".k-nav [aria-current=page]"), nav = door?.closest(".k-nav");
if (nav) nav.scrollTop = door.getBoundingClientRect().bottom - nav.getBoundingClientRect().bottom;

document.addEventListener("click", (event) => {
  const side = event.target.closest("[data-side]");
  if (side) showSide(side.dataset.side === "open");

  if (event.target.closest("[data-back]")) history.back();

  if (event.target.closest("[data-theme-switch]")) {
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = theme;
    try { localStorage.setItem("kewei-theme", theme); } catch { /* the choice then lasts for this page */ }
    document.dispatchEvent(new CustomEvent("kewei:theme"));
  }

  if (event.target.closest("[data-print]")) print();

  for (const menu of $$("details.k-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// --- toasts ------------------------------------------------------------------------------------------------------------

function watchToasts(within = document) {
  for (const toast of $$("[data-toast]:not([data-seen])", within)) {
    toast.dataset.seen = "";
    $("[data-toast-close]", toast)?.addEventListener("click", () => toast.remove());
    if (!("stay" in toast.dataset)) {
      let timer = setTimeout(() => toast.remove(), $("form", toast) ? 12000 : 6000);
      toast.addEventListener("pointerenter", () => clearTimeout(timer));
      toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), 4000); });
    }
  }
}

export function toast(words, kind = "info") {
  const box = document.createElement("div");
  box.className = `k-toast k-toast-${kind}`;
  box.dataset.toast = "";
  if (kind === "error") box.dataset.stay = "";
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "k-iconbtn";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "×");
  close.textContent = "×";
  box.append(text, close);
  $("#toasts").append(box);
  watchToasts();
}
watchToasts();

// A panel that could not be computed says so instead of waiting for ever.
function said(panel) {
  panel.classList.add("k-panel-failed");
  const words = document.createElement("p");
  words.textContent = panel.dataset.failed;
  return [words];
}

// A refusal answered to a fragment request is said in a toast; the page keeps what it shows.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || !xhr.responseText.includes("data-refused")) return;
  const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const refused = $("[data-refused]", answer);
  if (refused) {
    event.detail.shouldSwap = false;
    toast(refused.textContent.trim(), "error");
  }
});
document.addEventListener("htmx:responseError", (event) => event.target.closest?.("[data-failed]")?.replaceChildren(...said(event.target)));
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.unreachable, "error"));
document.addEventListener("htmx:afterSettle", (event) => { watchToasts(event.target); focusMarked(event.target); });

// --- signing out -------------------------------------------------------------------------------------------------------

// A browser that is enrolled as a phone is wiped first, in the app, which says what has not been sent yet.
for (const form of $$("form[data-field-app]")) {
  form.addEventListener("submit", (event) => {
    let enrolled = null;
    try { enrolled = localStorage.getItem("kewei-field"); } catch { /* nothing is kept here, so nobody is enrolled */ }
    if (!enrolled || !form.dataset.fieldApp) return;
    event.preventDefault();
    location.assign(`${form.dataset.fieldApp}#/sync`);
  });
}

// --- explanations ------------------------------------------------------------------------------------------------------

let tip = null;
function showTip(button) {
  hideTip();
  tip = document.createElement("div");
  tip.className = "k-tip";
  tip.textContent = button.dataset.tip;
  document.body.append(tip);
  const at = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left - 12, innerWidth - tip.offsetWidth - 8));
  const below = at.bottom + 8 + tip.offsetHeight < innerHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? at.bottom + 8 : at.top - tip.offsetHeight - 8}px`;
}
function hideTip() { tip?.remove(); tip = null; }
for (const [name, does] of [["pointerover", showTip], ["focusin", showTip]]) {
  document.addEventListener(name, (event) => { const b = event.target.closest?.("[data-tip]"); if (b) does(b); });
}
for (const name of ["pointerout", "focusout", "scroll"]) document.addEventListener(name, hideTip, true);

// --- search palette ----------------------------------------------------------------------------------------------------

const palette = $("#palette");
if (palette) {
  const input = $("#palette-q");
  const hits = $("#palette-hits");
  const address = $("[data-palette]").dataset.palette;
  let asked = 0;
  let timer = 0;

  const options = () => $$("[role=option]", hits);
  const at = () => options().findIndex((o) => o.getAttribute("aria-selected") === "true");
  const select = (index) => {
    const all = options();
    if (!all.length) { input.removeAttribute("aria-activedescendant"); return; }
    const chosen = all[(index + all.length) % all.length];
    for (const one of all) one.setAttribute("aria-selected", String(one === chosen));
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };
  // Enter pressed before the answer is there opens the first hit of the answer, never what stood there before.
  let waiting = false;
  let enter = false;
  const ask = async () => {
    const mine = ++asked;
    const answer = await fetch(`${address}?q=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true", "HX-Target": "palette-hits" } });
    if (mine !== asked) return; // a later question was asked meanwhile
    if (answer.redirected || !answer.ok) { location.reload(); return; }
    hits.innerHTML = await answer.text();
    waiting = false;
    select(0);
    if (enter) { enter = false; options()[0]?.click(); }
  };
  const open = () => {
    if (palette.open) return;
    palette.showModal();
    input.select();
    ask();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); open(); }
    if (event.target === palette) palette.close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
  input.addEventListener("input", () => { waiting = true; enter = false; clearTimeout(timer); timer = setTimeout(ask, 120); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // a Chinese input method is still choosing
    if (event.key === "ArrowDown") { event.preventDefault(); select(at() + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); select(at() - 1); }
    if (event.key === "Escape") { event.preventDefault(); palette.close(); } // a search field would first be emptied
    if (event.key === "Enter") { event.preventDefault(); if (waiting) enter = true; else options()[at()]?.click(); }
  });
}

// --- keys --------------------------------------------------------------------------------------------------------------

// g then a letter goes to a door of the side navigation that carries data-key.
let afterG = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || palette?.open) return;
  if (event.key === "g") { afterG = Date.now(); return; }
  if (Date.now() - afterG < 1200) {
    const door = $(`.k-nav a[data-key="${CSS.escape(event.key)}"]`);
    afterG = 0;
    if (door) { event.preventDefault(); door.click(); return; }
  }
  if (event.key === "?") { const help = $("[data-help]"); if (help) location.assign(help.href); }
  if (event.key === "Escape" && document.body.classList.contains("k-side-on")) showSide(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of $$("details.k-menu[open]")) { menu.open = false; $("summary", menu).focus(); }
});

// --- forms -------------------------------------------------------------------------------------------------------------

function focusMarked(within = document) { $("[data-focus]", within)?.focus(); }
focusMarked();

// A form sent twice by a double click is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if (form.method !== "post" || "again" in form.dataset) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
addEventListener("pageshow", () => { for (const form of $$("form[data-sent]")) delete form.dataset.sent; });
