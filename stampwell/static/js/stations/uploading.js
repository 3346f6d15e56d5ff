// SPDX-License-Identifier: Apache-2.0
// Sends the kept scans, in their order, from one tab at a time.

import { keepLeftovers, kept, settle } from "./queue.js";
import { sendOnce } from "./sending.js";
import { registerKey, signature } from "./signing.js";
import { DATABASE } from "./storage.js";

/** @typedef {import("./queue.js").Scan} Scan */
/** @typedef {import("./queue.js").Result} Result */
/** @typedef {"" | "signed_out" | "unreachable"} Trouble */

const LOCK = `${DATABASE}-kept-scans`;
const MOST = 200;
const PATIENCE = 30_000;
const PAUSES = [2000, 4000, 8000, 15_000];
const UNREADABLE = [400, 413, 415, 422];

export class Uploader {
  #urls;
  #tell;
  #timer = 0;
  #tries = 0;
  #running = false;
  #again = false;
  #asked = 0; // how long the server asks to wait
  /** @type {Trouble} */
  trouble = "";

  /**
   * @param {{batch: string, key: string}} urls
   * @param {(results: Result[]) => void} tell called whenever something has changed
   */
  constructor(urls, tell) {
    this.#urls = urls;
    this.#tell = tell;
    window.addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake();
    });
  }

  /** Sends what is there, now. */
  async wake() {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      while (this.#again) {
        this.#again = false;
        await this.#alone(() => this.#sendAll());
      }
    } finally {
      this.#running = false;
    }
    await this.#planNext();
  }

  // Plain http has no locks. Then two tabs may send the same scan, which the server counts once.
  /** @param {() => Promise<void>} work */
  async #alone(work) {
    if (!navigator.locks) return work();
    return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
  }

  async #planNext() {
    const waiting = await kept().catch(() => []);
    if (!waiting.length) this.#tries = 0;
    else {
      const pause = PAUSES[Math.min(this.#tries, PAUSES.length - 1)];
      this.#timer = window.setTimeout(() => this.wake(), Math.max(pause, this.#asked));
      this.#tries += 1;
    }
  }

  async #sendAll() {
    await keepLeftovers();
    this.#asked = 0;
    const held = new Set(); // what the server cannot take now holds up nothing behind it
    for (let most = MOST; ; ) {
      const all = await kept();
      const scans = all.filter(({ key }) => !held.has(key)).slice(0, most);
      if (!scans.length) return this.#say("", []);
      await registerKey(this.#urls.key);
      const answer = await this.#send(scans, all);
      if (!answer || answer.status === 429 || answer.status >= 500) return this.#say("unreachable", []);
      if (!answer.ok && !UNREADABLE.includes(answer.status)) return this.#say("signed_out", []);
      const results = answer.ok ? await this.#readResults(answer, scans) : putAside(scans);
      if (!results) {
        most = Math.ceil(scans.length / 2); // one of them spoils the others: smaller and smaller, until it is found
        continue;
      }
      await settle(results);
      this.#tries = 0;
      this.#say("", results);
      for (const result of results) if (result.held) held.add(result.key);
      if (!results.some((result) => result.held || result.state !== "later")) return;
    }
  }

  /**
   * @param {Scan[]} scans
   * @param {Scan[]} all
   */
  async #send(scans, all) {
    const lines = await Promise.all(scans.map(line));
    const left = { count: all.length - scans.length, since: all.find((scan) => !scans.includes(scan))?.at };
    const body = JSON.stringify({ sent_at: Date.now(), scans: lines, left });
    const answer = await sendOnce(this.#urls.batch, body, "application/json", PATIENCE);
    return answer?.redirected ? new Response(null, { status: 401 }) : answer;
  }

  // What is missing in the answer is sent again.
  /**
   * @param {Response} answer
   * @param {Scan[]} scans
   * @returns {Promise<Result[]>}
   */
  async #readResults(answer, scans) {
    const said = await answer.json().catch(() => null);
    this.#asked = Math.max(this.#asked, (Number(said?.retry_after) || 0) * 1000);
    const results = /** @type {Result[]} */ (Array.isArray(said?.results) ? said.results : []);
    return results.filter(({ key }) => scans.some((scan) => scan.key === key));
  }

  /**
   * @param {Trouble} trouble
   * @param {Result[]} results
   */
  #say(trouble, results) {
    this.trouble = trouble;
    this.#tell(results);
  }
}

/** @param {Scan} scan */
async function line(scan) {
  const { key, sequence, code, at, amount, shift = "", reward, takenBack } = scan;
  const said = { key, sequence, code, scanned_at: at, amount, shift, reward, taken_back: takenBack };
  return { ...said, signature: await signature(scan) };
}

/**
 * The one scan that the server cannot read at all; of several nobody knows which it is.
 * @param {Scan[]} scans
 * @returns {Result[] | null}
 */
function putAside(scans) {
  return scans.length === 1 ? [{ key: scans[0].key, state: "invalid", words: "" }] : null;
}
