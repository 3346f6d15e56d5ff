// SPDX-License-Identifier: Apache-2.0
// The screen that staff recognise: rings that run outwards with the server's time, and the exact time of the
// shop. A still picture does not move, a film shows the wrong time.

import "./countdown.js";
import { serverClock } from "./server-clock.js";

const RINGS = 7;
const PERIOD = 2400;
const still = matchMedia("(prefers-reduced-motion: reduce)");

class LiveScreen {
  /** @param {HTMLElement} screen */
  constructor(screen) {
    this.screen = screen;
    this.now = serverClock(Number(screen.dataset.now));
    this.zone = Number(screen.dataset.offsetMinutes || 0) * 60_000;
    this.clock = /** @type {HTMLElement} */ (screen.querySelector("[data-clock]"));
    this.canvas = screen.querySelector("canvas");
    screen.addEventListener("countdown:over", () => this.end());
    if (screen.classList.contains("over")) this.end(); // it was over before this script came
    this.frame();
  }

  frame() {
    if (!this.screen.isConnected || this.screen.classList.contains("over")) return;
    const now = this.now();
    const digits = new Date(now + this.zone).toISOString().slice(11, 19);
    if (this.clock.textContent !== digits) this.clock.textContent = digits;
    // Without motion the rings stand still; the clock and the countdown still run.
    if (this.canvas && !(still.matches && this.drawn)) this.draw(this.canvas, now);
    requestAnimationFrame(() => this.frame());
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} now
   */
  draw(canvas, now) {
    this.drawn = true;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const reach = Math.hypot(width, height) / 1.6;
    brush.clearRect(0, 0, width, height);
    brush.strokeStyle = getComputedStyle(this.screen).color;
    for (let ring = 0; ring < RINGS; ring += 1) {
      const share = ((now / PERIOD + ring) % RINGS) / RINGS;
      this.drawRing(brush, width / 2, height / 2, share * reach, 1 - share, now);
    }
  }

  /**
   * A scalloped ring, like the edge of a stamp, turning as it grows.
   * @param {CanvasRenderingContext2D} brush
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {number} strength
   * @param {number} now
   */
  drawRing(brush, x, y, radius, strength, now) {
    const turn = (now / 9000) % (2 * Math.PI);
    brush.globalAlpha = 0.34 * strength;
    brush.lineWidth = 3 + 9 * strength;
    brush.beginPath();
    for (let angle = 0; angle <= 2 * Math.PI + 0.01; angle += Math.PI / 90) {
      const wave = radius * (1 + 0.045 * Math.cos(14 * (angle + turn)));
      brush.lineTo(x + wave * Math.cos(angle), y + wave * Math.sin(angle));
    }
    brush.stroke();
  }

  end() {
    this.screen.classList.add("over");
    this.canvas?.remove();
    for (const part of this.screen.querySelectorAll("[data-while-live]")) /** @type {HTMLElement} */ (part).hidden = true;
    for (const part of this.screen.querySelectorAll("[data-when-over]")) /** @type {HTMLElement} */ (part).hidden = false;
  }
}

/** Starts the live screens that are not running yet. */
function startScreens() {
  for (const screen of document.querySelectorAll("[data-live]:not([data-running])")) {
    /** @type {HTMLElement} */ (screen).dataset.running = "";
    new LiveScreen(/** @type {HTMLElement} */ (screen));
  }
}

startScreens();
document.addEventListener("htmx:after:swap", startScreens);
