// SPDX-License-Identifier: Apache-2.0
// A barcode scanner that does not type: the browser lets this page read it, in the mode HID POS or as a serial port, whatever
// window has the keyboard. The browser remembers that it may, so it is opened again with the page.

import { forget, recall, remember } from "../stations/storage.js";
import { BARCODE_PAGE, layoutOf, partOf } from "./hid-reports.js";

const NAME = "direct-scanner"; // whether one was connected: then it is missed
const LOCK = "stampwell-direct-scanner"; // several pages could read one scanner, and each would count its scans
const BAUD_RATE = 9600; // as scanners at a real serial port come; one with USB takes any
const PAUSE = 200; // milliseconds after which a scan without an end is over
const MOST = 4096; // bytes; what goes on longer is no scanner
const ENDS = [9, 10, 13];
const HONEYWELL = 0x0c2e;

/** @typedef {"connected" | "not_chosen" | "no_scanner" | "busy" | "elsewhere"} Outcome */

export class DirectScanner {
  /** @type {Map<any, () => Promise<unknown>>} what is read now, and how that ends */
  #open = new Map();
  #isMine = false;
  #isMissed = false;

  /**
   * @param {(code: string, ended: boolean) => void} onCode
   * @param {() => void} onChange
   */
  constructor(onCode, onChange) {
    this.onCode = onCode;
    this.onChange = onChange;
    const { hid, serial } = /** @type {any} */ (navigator);
    this.hid = hid;
    this.serial = serial;
    if (hid || serial) navigator.locks.request(LOCK, () => this.#begin());
  }

  /** @returns {"open" | "gone" | "none"} `gone`: one that was connected is not there */
  get state() {
    if (this.#open.size) return "open";
    return this.#isMissed ? "gone" : "none";
  }

  /** Of all pages of this browser, one at a time gets here; it stays until it is closed. */
  async #begin() {
    this.#isMine = true;
    this.#isMissed = Boolean(await recall(NAME));
    for (const api of [this.hid, this.serial]) {
      api?.addEventListener("connect", (/** @type {any} */ event) => this.#take(event.device ?? event.target));
      api?.addEventListener("disconnect", (/** @type {any} */ event) => this.#lose(event.device ?? event.target));
    }
    const known = [...((await this.hid?.getDevices()) ?? []), ...((await this.serial?.getPorts()) ?? [])];
    for (const scanner of known) await this.#take(scanner);
    this.onChange();
    return new Promise(() => {});
  }

  /**
   * Asks which one; the browser does so only upon a click.
   * @param {"hid" | "serial"} way
   * @returns {Promise<Outcome>}
   */
  async connect(way) {
    const { held = [] } = await navigator.locks.query(); // this page may only just have asked for it
    if (!this.#isMine && held.some(({ name }) => name === LOCK)) return "elsewhere";
    const asked = way === "hid" ? this.hid.requestDevice({ filters: [{ usagePage: BARCODE_PAGE }] }) : this.serial.requestPort();
    const chosen = await Promise.resolve(asked).then((found) => [found].flat(), () => []);
    if (!chosen.length) return "not_chosen";
    const scanners = chosen.filter((one) => way === "serial" || layoutOf(one.collections));
    if (!scanners.length) return "no_scanner";
    const was = this.#isMissed;
    this.#isMissed = true;
    for (const scanner of scanners) await this.#take(scanner);
    if (!scanners.some((scanner) => this.#open.has(scanner))) {
      this.#isMissed = was;
      this.onChange();
      return "busy";
    }
    await remember(NAME, true).catch(() => {}); // then it has to be connected anew with each page
    this.onChange();
    return "connected";
  }

  async disconnect() {
    this.#isMissed = false;
    await forget(NAME).catch(() => {});
    for (const [scanner, stop] of this.#open) {
      this.#open.delete(scanner);
      await stop();
      await scanner.forget?.();
    }
    this.onChange();
  }

  /** @param {any} scanner */
  async #take(scanner) {
    if (!this.#isMissed || this.#open.has(scanner)) return;
    const opening = "collections" in scanner ? this.#openDevice(scanner) : this.#openPort(scanner);
    await opening.catch(() => {}); // another program has it
    this.onChange();
  }

  /** @param {any} scanner */
  #lose(scanner) {
    if (this.#open.delete(scanner)) this.onChange();
  }

  /** @param {any} device */
  async #openDevice(device) {
    const layout = layoutOf(device.collections);
    if (!layout) return;
    if (!device.opened) await device.open();
    // Those of Honeywell send scans elsewhere until they are told.
    if (device.vendorId === HONEYWELL) await device.sendFeatureReport(254, Uint8Array.of(1)).catch(() => {});
    const scan = new Scan((code) => this.onCode(code, true));
    /** @param {any} event */
    const hear = ({ reportId, data }) => {
      if (reportId !== layout.reportId) return;
      const { bytes, continued } = partOf(layout, data);
      scan.add(bytes);
      // Some say that there is more when the report is just full.
      if (!continued) scan.end();
    };
    device.addEventListener("inputreport", hear);
    this.#open.set(device, () => {
      device.removeEventListener("inputreport", hear);
      return device.close();
    });
  }

  /** @param {any} port */
  async #openPort(port) {
    await port.open({ baudRate: BAUD_RATE });
    /** @type {any} */
    let reader;
    this.#open.set(port, async () => {
      await reader?.cancel().catch(() => {}); // it waits for another one after a broken sign
      await port.close();
    });
    this.#read(port, (opened) => (reader = opened));
  }

  /**
   * @param {any} port
   * @param {(reader: any) => void} onReader
   */
  async #read(port, onReader) {
    const scan = new Scan(this.onCode);
    while (this.#open.has(port) && port.readable) {
      const reader = port.readable.getReader();
      onReader(reader);
      try {
        for (let part = await reader.read(); !part.done; part = await reader.read()) readChunk(scan, part.value);
      } catch {
        await new Promise((later) => setTimeout(later, 50)); // a broken sign; a port that is gone has nothing to read
      } finally {
        reader.releaseLock();
      }
    }
    this.#lose(port);
  }
}

/**
 * A scan may come in pieces, and several scans in one.
 * @param {Scan} scan
 * @param {Uint8Array} chunk
 */
function readChunk(scan, chunk) {
  for (const byte of chunk) {
    if (ENDS.includes(byte)) scan.end();
    else scan.add([byte]);
  }
}

/** One scan that is on its way. */
class Scan {
  /** @type {number[]} */
  #bytes = [];
  #timer = 0;

  /** @param {(code: string, ended: boolean) => void} onCode */
  constructor(onCode) {
    this.onCode = onCode;
  }

  /** @param {number[]} bytes */
  add(bytes) {
    this.#bytes.push(...bytes);
    this.#bytes.splice(MOST);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.end(false), PAUSE);
  }

  end(ended = true) {
    clearTimeout(this.#timer);
    // Some put signs around a code that nobody sees.
    const code = new TextDecoder().decode(Uint8Array.from(this.#bytes)).replace(/^[\0-\x20]+|[\0-\x20]+$/g, "");
    this.#bytes = [];
    if (code) this.onCode(code, ended);
  }
}
