// The review queue by keyboard: 1–5 choose a candidate of the question one is at, 0 says there is no card, j and k move.
const queue = document.querySelector("[data-review]");
if (queue) {
  const questions = [...queue.querySelectorAll("[data-asking]")];
  let at = 0;
  const go = (to) => {
    at = Math.max(0, Math.min(questions.length - 1, to));
    questions[at].focus();
    questions[at].scrollIntoView({ block: "nearest" });
  };
  go(0);
  queue.addEventListener("focusin", (event) => {
    at = Math.max(0, questions.indexOf(event.target.closest("[data-asking]")));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (/^[0-5]$/.test(event.key)) {
      const button = questions[at].querySelector(`[data-choice="${event.key}"]`);
      if (!button) return;
      button.click();
    } else return;
    event.preventDefault();
  });
}
