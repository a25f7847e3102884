// Order entry by keyboard: arrows choose a product, Enter goes to the next field, a new row comes by itself, Ctrl+Enter
// sends, a paste fills rows.
const form = document.querySelector("[data-order-entry]");
if (form) {
  const body = form.querySelector("[data-lines] tbody");
  const hits = form.querySelector("[data-hits]");
  const fields = () => [...body.querySelectorAll("input")];
  const priceOf = (product) => product.closest("tr").querySelector("[name=price]");

  const addRow = () => {
    const row = body.rows[body.rows.length - 1].cloneNode(true);
    const number = body.rows.length + 1;
    row.querySelectorAll("input").forEach((field) => {
      field.value = "";
      delete field.dataset.book;
      field.removeAttribute("aria-invalid");
      field.removeAttribute("autofocus");
      field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, number));
    });
    row.querySelector(".k-line-says").replaceChildren();
    row.querySelector(".k-line-says").id = `says-${number}`;
    row.querySelector("[name=product]").setAttribute("aria-describedby", `says-${number}`);
    body.append(row);
  };

  // --- the list of products under the field -------------------------------------------------------------------------

  let field = null; // whose hits are shown
  const options = () => [...hits.querySelectorAll("[role=option]")];
  const marked = () => options().find((one) => one.getAttribute("aria-selected") === "true");

  const close = () => {
    if (!field) return;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    hits.hidden = true;
    field = null;
  };

  const mark = (option) => {
    options().forEach((one) => one.setAttribute("aria-selected", one === option));
    if (!option) return;
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const show = (under, html) => {
    field = under;
    hits.innerHTML = html;
    hits.hidden = false;
    const box = under.getBoundingClientRect();
    const width = Math.min(Math.max(box.width, 320), innerWidth - 16);
    Object.assign(hits.style, { left: `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`, width: `${width}px` });
    const below = innerHeight - box.bottom > hits.offsetHeight + 8;
    hits.style.top = `${below ? box.bottom + 2 : Math.max(8, box.top - hits.offsetHeight - 2)}px`;
    field.setAttribute("aria-expanded", "true");
    mark(options()[0]);
  };

  const choose = (option) => {
    const [chosen, price] = [field, priceOf(field)];
    chosen.value = option.dataset.value;
    if (!price.value) price.value = price.dataset.book = option.dataset.price;
    close();
    fields()[fields().indexOf(chosen) + 1].focus();
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
  };

  let asked = 0;
  body.addEventListener("input", (event) => {
    const typed = event.target;
    if (typed.name !== "product") return;
    clearTimeout(asked);
    close();
    // The price of what stood here before is not the price of this.
    const price = priceOf(typed);
    if (price.dataset.book && price.value === price.dataset.book) price.value = "";
    const text = typed.value.trim();
    if (!text) return;
    asked = setTimeout(async () => {
      const answer = await fetch(`${form.dataset.products}&text=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
      const html = answer.ok ? await answer.text() : "";
      if (html && typed === document.activeElement && typed.value.trim() === text) show(typed, html);
    }, 150);
  });

  hits.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the cursor
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  body.addEventListener("focusout", close);
  addEventListener("scroll", (event) => hits.contains(event.target) || close(), true);

  // --- keys ---------------------------------------------------------------------------------------------------------

  const inHits = (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && marked()) choose(marked());
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = options();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(all[(all.indexOf(marked()) + step + all.length) % all.length]);
    } else return false;
    event.preventDefault();
    return true;
  };

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.target.tagName === "TEXTAREA") return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (field && event.target === field && inHits(event)) return;
    if (event.key !== "Enter") return;
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
      body.rows[at].querySelectorAll("input").forEach((one, n) => {
        if (cells[n] !== undefined) one.value = cells[n].trim();
      });
      at += 1;
    }
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
