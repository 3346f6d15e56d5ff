// SPDX-License-Identifier: Apache-2.0
// A PIN is typed with a connection: the device notes what it needs to notice a slip of the finger without one.

import { noteTyped } from "./noted-pins.js";
import { needsKeptPage } from "./reachable.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-notes-pin]"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("input[name=pin]"));

// Enter behind the last digit sends nothing more: each PIN begins a shift, and the page might keep the one that is over.
let isOnItsWay = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isOnItsWay) return;
  isOnItsWay = true;
  if (await needsKeptPage()) return location.assign(form.dataset.notesPin ?? "");
  await noteTyped(field.value).catch(() => {});
  form.submit();
});
// Typed anew, also where the page comes back from the browser's memory.
field.addEventListener("input", () => (isOnItsWay = false));
window.addEventListener("pageshow", (event) => {
  if (event.persisted) isOnItsWay = false;
});
