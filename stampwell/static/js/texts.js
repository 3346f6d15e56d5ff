// SPDX-License-Identifier: Apache-2.0
// Sentences for scripts come from the server, already in the person's language:
// {{ texts|json_script:"texts" }} writes <script type="application/json" id="texts">.

/** @type {Record<string, string>} */
const texts = JSON.parse(document.getElementById("texts")?.textContent || "{}");

/**
 * @param {string} name
 * @returns {string} the sentence; its name when the page forgot to give it, so that the gap is seen
 */
export function text(name) {
  return texts[name] ?? name;
}
