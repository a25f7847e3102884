// The board: arrows move between cards, M opens a card's menu of moves, dragging a card sends the same form. Without
// scripts the menus are all there is, and enough.

const board = document.querySelector("[data-board]");

const columns = () => [...board.querySelectorAll("[data-column]")];
const cardsOf = (column) => [...column.querySelectorAll("[data-card]")];
const focus = (card) => card?.querySelector("a")?.focus();

function beside(card, step) {
  const all = columns();
  const here = card.closest("[data-column]");
  const row = cardsOf(here).indexOf(card);
  for (let i = all.indexOf(here) + step; i >= 0 && i < all.length; i += step) {
    const cards = cardsOf(all[i]);
    if (cards.length) return cards[Math.min(row, cards.length - 1)];
  }
  return null;
}

function onKey(event) {
  const card = event.target.closest("[data-card]");
  if (!card || event.target.closest("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const cards = cardsOf(card.closest("[data-column]"));
  const at = cards.indexOf(card);
  const keys = {
    ArrowDown: () => focus(cards[at + 1]),
    ArrowUp: () => focus(cards[at - 1]),
    ArrowRight: () => focus(beside(card, 1)),
    ArrowLeft: () => focus(beside(card, -1)),
    m: () => { const menu = card.querySelector("details"); if (menu) { menu.open = true; menu.querySelector("button")?.focus(); } },
  };
  const act = keys[event.key];
  if (act) { event.preventDefault(); act(); }
}

function send(card, stage) {
  const form = [...card.querySelectorAll("form")].find((one) => one.elements.stage?.value === stage);
  // What has no form of its own (won, dropped) needs more than a place to be put: its page asks for it.
  if (form) form.requestSubmit(); else card.querySelector(".k-menu-box > a")?.click();
}

if (board) {
  board.addEventListener("keydown", onKey);
  board.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", event.target.closest("[data-card]")?.dataset.card ?? ""));
  board.addEventListener("dragover", (event) => { if (event.target.closest("[data-column]")) event.preventDefault(); });
  board.addEventListener("drop", (event) => {
    event.preventDefault();
    const column = event.target.closest("[data-column]");
    const card = board.querySelector(`[data-card="${CSS.escape(event.dataTransfer.getData("text/plain"))}"]`);
    if (column && card && !column.contains(card)) send(card, column.dataset.column);
  });
}
