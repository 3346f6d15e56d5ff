// SPDX-License-Identifier: Apache-2.0
// Asks the phone where it is when the customer uses a reward, and only then. Whatever it answers, the form is sent: a
// reward that the server does not give to the phone is shown to the staff.

const PATIENCE = 15_000; // milliseconds, also for who is asked whether they allow it
const FRESH = 60_000; // milliseconds; where it was a minute ago is good enough

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-where]"));
const button = /** @type {HTMLButtonElement | null} */ (form?.querySelector("button") ?? null);
let isAsking = false;
let patience = 0; // of this tap; the phone may come back to this page before it ends, and another one follow
form?.addEventListener("submit", ask);
addEventListener("pageshow", again); // also where the phone goes back to this page

/** @param {SubmitEvent} event */
function ask(event) {
  event.preventDefault();
  if (isAsking) return;
  isAsking = true;
  if (button) button.setAttribute("aria-disabled", "true");
  say("looking");
  // On a plain http address browsers have the object, but refuse to answer.
  if (!navigator.geolocation || !isSecureContext) return send();
  patience = setTimeout(send, PATIENCE);
  navigator.geolocation.getCurrentPosition(fill, send, {
    enableHighAccuracy: true,
    timeout: PATIENCE,
    maximumAge: FRESH,
  });
}

/** @param {GeolocationPosition} found */
function fill({ coords }) {
  set("lat", coords.latitude);
  set("lon", coords.longitude);
  set("accuracy", coords.accuracy);
  send();
}

/** Once: whichever comes first, the answer or the end of our patience. */
function send() {
  clearTimeout(patience);
  if (isAsking) form?.submit();
  isAsking = false;
}

function again() {
  clearTimeout(patience);
  isAsking = false;
  button?.removeAttribute("aria-disabled");
  for (const name of ["lat", "lon", "accuracy"]) set(name, "");
  say("");
}

/** @param {string} name @param {number | string} value */
function set(name, value) {
  const field = /** @type {HTMLInputElement | null} */ (form?.querySelector(`input[name="${name}"]`) ?? null);
  if (field) field.value = String(value);
}

/** @param {string} name */
function say(name) {
  const words = /** @type {HTMLTemplateElement | null} */ (form?.querySelector(`template[data-says="${name}"]`) ?? null);
  const status = form?.querySelector("[role=status]");
  if (status) status.textContent = words?.content.textContent ?? "";
}
