// Fills the form of the page "near" with where the browser says one is: one point, asked once, sent with the form only.

const form = document.querySelector("[data-near]");
const button = form?.querySelector("[data-near-here]");

if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => { form.elements.latitude.value = coords.latitude.toFixed(6); form.elements.longitude.value = coords.longitude.toFixed(6); form.requestSubmit(); },
    () => { button.hidden = true; },
    { maximumAge: 60000, timeout: 15000 },
  ));
}
