// SPDX-License-Identifier: Apache-2.0
// "I am in the shop now": the device says where it is, once, when it is asked.

const ROUGH = 200; // metres; Wallet shows a card within a hundred or so
const PATIENCE = 20_000; // milliseconds
const WHY = ["", "denied", "unknown", "late"]; // by the code of a GeolocationPositionError

const part = document.querySelector("[data-position]");
const field = /** @type {HTMLInputElement | null} */ (part?.querySelector("input"));
const button = /** @type {HTMLButtonElement | null} */ (part?.querySelector("button"));
// On a plain http address browsers have the object, but refuse to answer.
if (field && button && navigator.geolocation && isSecureContext) {
  button.hidden = false;
  button.addEventListener("click", ask);
}

function ask() {
  if (button) button.disabled = true;
  say("looking");
  navigator.geolocation.getCurrentPosition(fill, explain, { enableHighAccuracy: true, timeout: PATIENCE });
}

/** @param {GeolocationPosition} found */
function fill({ coords }) {
  if (field) field.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
  done(coords.accuracy > ROUGH ? "rough" : "found");
}

/** @param {GeolocationPositionError} error */
function explain(error) {
  done(WHY[error.code] ?? "unknown");
}

/** @param {string} name */
function done(name) {
  if (button) button.disabled = false;
  button?.focus();
  say(name);
}

/** @param {string} name */
function say(name) {
  const words = /** @type {HTMLTemplateElement | null} */ (part?.querySelector(`template[data-says="${name}"]`));
  const status = part?.querySelector("[role=status]");
  if (status) status.textContent = words?.content.textContent ?? "";
}
