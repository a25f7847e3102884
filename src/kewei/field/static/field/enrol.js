// Enrolling the phone in one's hand: the house answers with what it will sign with, which goes into the phone's store.

const form = document.querySelector("[data-enrol]");
const problem = form.querySelector("[data-problem]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const press = form.querySelector("button");
  press.disabled = true;
  problem.hidden = true;
  try {
    const store = await import(form.dataset.store);
    if (!globalThis.isSecureContext) throw new Error(form.dataset.insecure);
    const before = await store.kept("device");
    if (before) throw new Error(form.dataset.taken.replace("{name}", before.person));
    const got = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const answer = await got.json();
    if (!got.ok) throw new Error(answer.sentence);
    await store.remember(answer);
    location.assign(form.dataset.app);
  } catch (failure) {
    problem.textContent = failure.message;
    problem.hidden = false;
    press.disabled = false;
  }
});
