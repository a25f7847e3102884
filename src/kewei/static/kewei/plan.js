// The month of visits: drag a stop onto another day, or move it with the keys. Both send the page's own form.

const form = document.querySelector("#move-form");
const days = [...document.querySelectorAll(".k-month-day")];

function send(stop, day, place) {
  form.action = form.dataset.url.replace("/0/", `/${stop}/`);
  form.elements.day.value = day;
  form.elements.place.value = place ?? "";
  form.submit();
}

// The next day in a direction on which anybody works.
function beside(day, step) {
  for (let at = days.indexOf(day) + step; at >= 0 && at < days.length; at += step) {
    if (!("shut" in days[at].dataset)) return days[at];
  }
  return null;
}

if (form) {
  let held = null;
  document.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-stop]");
    if (held) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", held.dataset.stop); }
  });
  document.addEventListener("dragend", () => { held = null; for (const day of days) day.classList.remove("k-month-over"); });
  for (const day of days) {
    if ("shut" in day.dataset) continue;
    day.addEventListener("dragover", (event) => { if (held) { event.preventDefault(); day.classList.add("k-month-over"); } });
    day.addEventListener("dragleave", () => day.classList.remove("k-month-over"));
    day.addEventListener("drop", (event) => {
      event.preventDefault();
      if (held && held.closest(".k-month-day") !== day) send(held.dataset.stop, day.dataset.day);
    });
  }
  document.addEventListener("keydown", (event) => {
    const stop = event.altKey && event.target.closest("[data-stop]");
    if (!stop) return;
    const day = stop.closest(".k-month-day");
    const at = [...day.querySelectorAll(".k-month-stop")].indexOf(stop) + 1;
    const to = { ArrowLeft: beside(day, -1), ArrowRight: beside(day, 1) }[event.key];
    if (to) { event.preventDefault(); send(stop.dataset.stop, to.dataset.day); }
    const order = { ArrowUp: at - 1, ArrowDown: at + 1 }[event.key];
    if (order >= 1 && order <= day.querySelectorAll(".k-month-stop").length) { event.preventDefault(); send(stop.dataset.stop, day.dataset.day, order); }
  });
}
