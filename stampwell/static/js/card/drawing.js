// SPDX-License-Identifier: Apache-2.0

import { correction, generate } from "../../vendor/lean-qr/nano.js";

/** @typedef {{size: number, get: (x: number, y: number) => boolean}} Code */

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;

/**
 * Draws a QR code at level Q: readable with scratches and reflections over a quarter of it.
 * @param {string} words
 * @returns {SVGSVGElement}
 */
export function drawQr(words) {
  const code = /** @type {Code} */ (generate(words, { minCorrectionLevel: correction.Q }));
  const size = code.size + 2 * QUIET;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("shape-rendering", "crispEdges");
  picture.setAttribute("aria-hidden", "true");
  picture.append(path("#fff", `M0 0h${size}v${size}H0z`), path("#000", outline(code)));
  return picture;
}

/**
 * @param {string} colour
 * @param {string} line
 */
function path(colour, line) {
  const part = document.createElementNS(SVG, "path");
  part.setAttribute("fill", colour);
  part.setAttribute("d", line);
  return part;
}

/** @param {Code} code */
function outline({ size, get }) {
  let line = "";
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (get(x, y)) line += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    }
  }
  return line;
}
