// SPDX-License-Identifier: Apache-2.0
// Getting the barcode scanner right: a code that tells what its signs become here, and the scanner that is connected
// directly. What was learned stays on this device.

import { forget, recall, remember } from "../stations/storage.js";
import { DirectScanner } from "./direct.js";
import { isGarbled, learn, readingOf } from "./layouts.js";

/** @typedef {import("./layouts.js").Layout} Layout */
/** @typedef {import("./layouts.js").Learned} Learned */
/** @typedef {import("./layouts.js").Scan} Scan */

const LAYOUTS = "scanner-layouts";
const MOST_LAYOUTS = 3; // scanners at one till

export class Setup {
  /** @type {Layout[]} the last one that was learned comes first */
  #layouts = [];

  /**
   * @param {HTMLElement} root the part of the page that may stand in the small window
   * @param {{onCode: (code: string) => void, onChange: () => void, say: (tone: "good" | "bad", html: string) => void}} page
   */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-setup]"));
    this.signs = this.dialog.dataset.setup ?? "";
    /** @param {string} text @param {boolean} ended */
    const hear = (text, ended) => page.onCode(this.read({ typed: text, lying: text, plain: text, ended }, true));
    this.direct = new DirectScanner(hear, () => {
      this.#showDirect();
      page.onChange();
    });
    root.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[data-sets-up]")) this.#openDialog();
    });
    this.dialog.addEventListener("click", (event) => this.#takeClick(/** @type {HTMLElement} */ (event.target)));
    this.#recall();
    this.#showDirect();
  }

  async #recall() {
    this.#layouts = (await recall(LAYOUTS)) ?? [];
    this.#showLearned();
  }

  /**
   * @param {Scan} scan
   * @param {boolean} [direct] whether it was read from the scanner and not typed
   * @returns {string} the code; "" where it was ours for setting up
   */
  read(scan, direct = false) {
    const learned = learn(scan, this.signs);
    if (learned) {
      this.#tell(learned, learned.layout && this.#keep({ ...learned.layout, direct }));
      return "";
    }
    const code = readingOf(scan, this.#layouts.filter((one) => one.direct === direct), this.signs);
    this.part("garbled").hidden = !isGarbled(code);
    if (this.dialog.open) this.#sayInDialog(said("setup_other"));
    return code;
  }

  /**
   * @param {Layout} layout
   * @returns {boolean} whether other scanners are known
   */
  #keep(layout) {
    const others = this.#layouts.filter((one) => JSON.stringify(one) !== JSON.stringify(layout));
    this.#layouts = [layout, ...others].slice(0, MOST_LAYOUTS);
    remember(LAYOUTS, this.#layouts).catch(() => {}); // then it is known as long as the page is open
    this.#showLearned();
    return others.length > 0;
  }

  /**
   * @param {Learned} learned
   * @param {boolean} [knowsOthers]
   */
  #tell({ outcome, capsLock, ended }, knowsOthers) {
    const notes = [knowsOthers && "others", capsLock && "caps_lock", !ended && "no_end"].filter(Boolean);
    const html = [outcome, ...notes].map((name) => said(`setup_${name}`)).join("");
    this.part("garbled").hidden = true;
    this.#sayInDialog(html);
    this.page.say(outcome === "fine" || outcome === "learned" ? "good" : "bad", html);
  }

  /** @param {string} html */
  #sayInDialog(html) {
    this.part("setup-result").innerHTML = html;
  }

  #openDialog() {
    this.#sayInDialog("");
    this.#sayDirect("");
    window.focus(); // from the small window
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** @param {HTMLElement} pressed */
  async #takeClick(pressed) {
    const { connects, disconnects, forgets } = pressed.closest("button")?.dataset ?? {};
    if (forgets !== undefined) {
      this.#layouts = [];
      await forget(LAYOUTS).catch(() => {});
      this.#showLearned();
    } else if (disconnects !== undefined) {
      await this.direct.disconnect();
      this.#sayDirect("");
    } else if (connects) {
      const outcome = await this.direct.connect(/** @type {"hid" | "serial"} */ (connects));
      this.#sayDirect(outcome);
      const isNotListed = outcome === "not_chosen" || outcome === "no_scanner";
      if (isNotListed && this.direct.serial) this.button("serial").hidden = false;
    }
  }

  #showLearned() {
    this.part("learned").hidden = !this.#layouts.length;
  }

  #showDirect() {
    const { hid, serial, state } = this.direct;
    this.part("direct").hidden = !hid && !serial;
    this.button("hid").hidden = !hid;
    if (!hid) this.button("serial").hidden = false;
    this.part("disconnects").hidden = state === "none";
    this.part("works-anywhere").hidden = state !== "open";
  }

  /** @param {string} outcome */
  #sayDirect(outcome) {
    this.part("direct-result").innerHTML = outcome && said(`direct_${outcome}`);
  }

  /** @param {string} name */
  part(name) {
    const found = this.root.querySelector(`[data-${name}]`) ?? this.dialog.querySelector(`[data-${name}]`);
    return /** @type {HTMLElement} */ (found);
  }

  /** @param {"hid" | "serial"} way */
  button(way) {
    return /** @type {HTMLElement} */ (this.dialog.querySelector(`[data-connects="${way}"]`));
  }
}

/** @param {string} name */
function said(name) {
  return document.querySelector(`template[data-said="${name}"]`)?.innerHTML ?? "";
}
