// Order entry by keyboard: Enter goes to the next field, a new row comes by itself, Ctrl+Enter sends, a paste fills rows.
const form = document.querySelector("[data-order-entry]");
if (form) {
  const body = form.querySelector("[data-lines] tbody");
  const list = form.querySelector("datalist");
  const fields = () => [...body.querySelectorAll("input")];

  const addRow = () => {
    const row = body.rows[body.rows.length - 1].cloneNode(true);
    row.querySelectorAll("input").forEach((field) => {
      field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("autofocus");
    });
    row.querySelectorAll(".k-text-bad").forEach((words) => words.remove());
    body.append(row);
  };

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName === "TEXTAREA") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const all = fields();
    const at = all.indexOf(event.target);
    if (at < 0) return;
    event.preventDefault();
    // A price is rarely typed: from the quantity on to the next product.
    const step = event.target.name === "quantity" ? 2 : 1;
    if (at + step >= all.length) addRow();
    fields()[at + step].focus();
  });

  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!text.includes("\t") && !text.trim().includes("\n")) return;
    event.preventDefault();
    let at = [...body.rows].indexOf(event.target.closest("tr"));
    for (const line of text.split(/\r?\n/)) {
      if (!line.trim()) continue;
      if (at >= body.rows.length) addRow();
      const cells = line.split("\t");
      body.rows[at].querySelectorAll("input").forEach((field, n) => {
        if (cells[n] !== undefined) field.value = cells[n].trim();
      });
      at += 1;
    }
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });

  let asked = 0;
  body.addEventListener("input", (event) => {
    if (event.target.name !== "product") return;
    clearTimeout(asked);
    const text = event.target.value.trim();
    asked = setTimeout(async () => {
      if (!text) return;
      const answer = await fetch(`${form.dataset.products}?text=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
      if (answer.ok) list.innerHTML = await answer.text();
    }, 150);
  });
}
