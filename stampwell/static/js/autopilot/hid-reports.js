// SPDX-License-Identifier: Apache-2.0
// A barcode scanner in the mode HID POS: where in its reports a scan lies. Makers order the fields differently, so it is
// read from what the device says of itself (HID Usage Tables, page 0x8C).

export const BARCODE_PAGE = 0x8c;
const DATA = 0x8c00fe;
const CONTINUED = 0x8c00ff;
const BYTE_COUNT = 0x1003b;

/**
 * @typedef {{reportId: number, data: Field, count?: Field, continued?: Field}} Layout
 * @typedef {{at: number, bits: number}} Field both in bits
 * @typedef {{reportSize: number, reportCount: number, usages?: number[], isRange?: boolean, usageMinimum?: number, usageMaximum?: number}} Item
 * @typedef {{inputReports?: {reportId: number, items: Item[]}[], children?: Collection[]}} Collection
 */

/**
 * @param {Collection[]} collections
 * @returns {Layout | null} null where no report has a scan
 */
export function layoutOf(collections) {
  /** @type {{reportId: number, items: Item[]}[]} */
  const reports = everyReport(collections).filter(({ items }) => items.some((item) => usagesOf(item).includes(DATA)));
  // An inner collection may tell only its own part of a report.
  const [report] = reports.sort((one, other) => bitsOf(other.items) - bitsOf(one.items));
  if (!report) return null;
  const fields = fieldsOf(report.items);
  const data = fields.get(DATA);
  if (!data || data.at % 8) return null;
  return { reportId: report.reportId, data, count: fields.get(BYTE_COUNT), continued: fields.get(CONTINUED) };
}

/**
 * @param {Layout} layout
 * @param {DataView} report without its id
 * @returns {{bytes: number[], continued: boolean}} this report's part of a scan, and whether there is more in the next
 */
export function partOf(layout, report) {
  const all = [...new Uint8Array(report.buffer, report.byteOffset, report.byteLength)];
  const start = layout.data.at / 8;
  const length = layout.count ? all[layout.count.at / 8] : layout.data.bits / 8;
  const bytes = all.slice(start, start + Math.min(length, layout.data.bits / 8));
  if (!layout.count) while (bytes.at(-1) === 0) bytes.pop(); // what fills the report up
  const { at = 0 } = layout.continued ?? {};
  return { bytes, continued: Boolean(layout.continued && all[at >> 3] & (1 << (at % 8))) };
}

/**
 * @param {Collection[]} collections
 * @returns {{reportId: number, items: Item[]}[]}
 */
function everyReport(collections) {
  return collections.flatMap(({ inputReports = [], children = [] }) => [...inputReports, ...everyReport(children)]);
}

/** @param {Item[]} items */
function fieldsOf(items) {
  /** @type {Map<number, Field>} */
  const fields = new Map();
  let at = 0;
  for (const item of items) {
    const { reportSize, reportCount } = item;
    const usages = usagesOf(item).slice(0, reportCount);
    for (const [place, usage] of usages.entries()) {
      const isLast = place === usages.length - 1; // it is that of all that follow
      fields.set(usage, { at: at + place * reportSize, bits: reportSize * (isLast ? reportCount - place : 1) });
    }
    at += reportSize * reportCount;
  }
  return fields;
}

/** @param {Item} item */
function usagesOf({ usages = [], isRange, usageMinimum = 0, usageMaximum = 0 }) {
  return isRange ? Array.from({ length: Math.min(usageMaximum - usageMinimum + 1, 256) }, (_, more) => usageMinimum + more) : usages;
}

/** @param {Item[]} items */
function bitsOf(items) {
  return items.reduce((sum, { reportSize, reportCount }) => sum + reportSize * reportCount, 0);
}
