// SPDX-License-Identifier: Apache-2.0
// An amount entered on the keys of `pad.js`: what it gives, and a question where it is very large.

/**
 * What the server says of amounts of a currency (`web/scanner/amount_facts.py`), in minor units; 0 where there is none.
 * @typedef {{currency: string, minor: number, decimals: number, sign: string, group: string, asks_from: number,
 *   per_stamp?: number, remainder?: number, least?: number}} Amounts
 */

const NO_DOUBLE_TAP = 700;

/**
 * Asks for the amount of a purchase, in the panel that shows results.
 * @param {import("./result.js").ResultPanel} result
 * @param {Amounts} amounts
 * @returns {Promise<number | null>} in minor units; null where somebody closed the panel, or it gave way to another one
 */
export function askAmount(result, amounts) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector("template[data-amount-panel]"));
  result.show({ outcome: "needs_amount", tone: "attention", html: template.innerHTML });
  const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-result] [data-amount]"));
  fill(form, amounts);
  return new Promise((done) => {
    const panel = /** @type {HTMLElement} */ (form.closest("[data-result]"));
    const gone = new MutationObserver(() => {
      if (!form.isConnected) end(null);
    });
    /** @param {number | null} amount */
    const end = (amount) => {
      gone.disconnect();
      done(amount);
    };
    gone.observe(panel, { childList: true });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isNothing(event)) return;
      const amount = minorOf(fieldOf(form).value, amounts.minor);
      part(form, "unclear").hidden = amount !== null;
      if (amount !== null) end(amount);
    });
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Amounts} amounts
 */
function fill(form, amounts) {
  form.dataset.amount = JSON.stringify(amounts);
  fieldOf(form).dataset.decimals = String(amounts.decimals);
  const label = part(form, "currency");
  label.textContent = (label.textContent ?? "").replace("{currency}", amounts.currency);
  const key = part(form, "sign");
  key.textContent = key.dataset.key = amounts.sign;
  if (amounts.decimals) return;
  key.textContent = key.dataset.key = "00";
  key.removeAttribute("aria-label");
}

document.addEventListener("input", (event) => {
  const form = formOf(event);
  if (!form) return;
  part(form, "large").hidden = true;
  tellWhatItGives(form);
});

// Before anybody else sends it. Whoever taps twice by mistake has not said yes.
document.addEventListener(
  "submit",
  (event) => {
    const form = formOf(event);
    if (!form || isNothing(event)) return;
    const { minor, asks_from: from } = amountsOf(form);
    const large = part(form, "large");
    if (!from || (minorOf(fieldOf(form).value, minor) ?? 0) < from || !large.hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    large.hidden = false;
    large.scrollIntoView({ block: "nearest" });
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
    if (!button) return;
    button.disabled = true;
    setTimeout(() => (button.disabled = false), NO_DOUBLE_TAP);
  },
  { capture: true },
);

// A keyboard types the amount, wherever the last tap was.
document.addEventListener("keydown", (event) => {
  const form = document.querySelector("[data-result] [data-amount]");
  const isElsewhere = !/** @type {Element} */ (event.target).matches("input, textarea, select");
  if (form && isElsewhere && /^[\d.,]$/.test(event.key)) fieldOf(form).focus();
});

/** @param {HTMLElement} form */
function tellWhatItGives(form) {
  const amounts = amountsOf(form);
  const { per_stamp: each = 0, remainder = 0, least = 0 } = amounts;
  const place = part(form, "gives");
  if (!each) return;
  const amount = minorOf(fieldOf(form).value, amounts.minor);
  if (!amount) return place.replaceChildren();
  const sum = remainder + amount;
  const stamps = amount < least ? -1 : Math.floor(sum / each);
  const { saysLittle = "", saysNone = "", saysStamps = "" } = place.dataset;
  const words = stamps < 0 ? saysLittle : stamps ? saysStamps : saysNone;
  const rest = write(sum % each, amounts);
  place.textContent = words.replace("{stamps}", String(stamps)).replace("{rest}", rest);
}

/**
 * As the server reads it: two signs or more decimals than the currency has are no amount here, or one for the server.
 * @param {string} typed
 * @param {number} minor
 * @returns {number | null}
 */
function minorOf(typed, minor) {
  const found = /^(\d{1,12})(?:[.,](\d*))?$/.exec(typed.trim());
  const decimals = found?.[2] ?? "";
  if (!found || decimals.length > minor) return null;
  return Number(found[1] + decimals.padEnd(minor, "0")) || null;
}

/**
 * @param {number} amount
 * @param {Pick<Amounts, "minor" | "decimals" | "sign" | "group">} how
 */
function write(amount, { minor, decimals, sign, group }) {
  const digits = String(amount).padStart(minor + 1, "0");
  const whole = digits.slice(0, digits.length - minor).replace(/\B(?=(\d{3})+$)/g, group);
  const behind = digits.slice(digits.length - minor);
  return decimals || Number(behind) ? whole + sign + behind : whole;
}

/**
 * @param {Event} event
 * @returns {HTMLElement | null}
 */
function formOf(event) {
  return /** @type {Element} */ (event.target).closest("[data-result] [data-amount]");
}

/**
 * @param {Element} form
 * @returns {Amounts}
 */
function amountsOf(form) {
  return JSON.parse(/** @type {HTMLElement} */ (form).dataset.amount || "{}");
}

/**
 * @param {Element} form
 * @returns {HTMLInputElement}
 */
function fieldOf(form) {
  return /** @type {HTMLInputElement} */ (form.querySelector("[data-pad-field]"));
}

/**
 * @param {Element} form
 * @param {string} name
 */
function part(form, name) {
  return /** @type {HTMLElement} */ (form.querySelector(`[data-${name}]`));
}

/**
 * Enter in a field, see partials/no_enter.html.
 * @param {Event} event
 */
function isNothing(event) {
  const button = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
  return button?.formMethod === "dialog";
}
