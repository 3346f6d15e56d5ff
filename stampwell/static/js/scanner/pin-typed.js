// SPDX-License-Identifier: Apache-2.0
// A PIN is typed with a connection: the device notes what it needs to notice a slip of the finger without one.

import { noteTyped } from "./noted-pins.js";
import { needsKeptPage } from "./reachable.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-notes-pin]"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("input[name=pin]"));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await needsKeptPage()) return location.assign(form.dataset.notesPin ?? "");
  await noteTyped(field.value).catch(() => {});
  form.submit();
});
