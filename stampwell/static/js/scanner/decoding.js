// SPDX-License-Identifier: Apache-2.0

const HARD_EACH = 4;
const WIDEST = 1280;

/**
 * Looks at a running video until stopped: a quick look at each frame, a thorough one at every fourth.
 * Frames that arrive while the worker is busy are dropped: the newest picture is the only one that matters.
 */
export class Decoder {
  #worker;
  #busy = true;
  #stopped = true;
  #frames = 0;
  #canvas = document.createElement("canvas");

  /**
   * @param {{worker: string, wasm: string, onCode: (code: string) => void, onTrouble: (trouble: string) => void}} how
   */
  constructor({ worker, wasm, onCode, onTrouble }) {
    this.#worker = new Worker(worker, { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => {
      this.#busy = false;
      if (data.trouble) onTrouble(data.trouble);
      else if (data.text && !this.#stopped) onCode(data.text);
    });
    this.#worker.addEventListener("error", () => onTrouble("worker"));
    this.#worker.postMessage({ wasm: new URL(wasm, location.href).href });
  }

  /** @param {HTMLVideoElement} video */
  start(video) {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#waitForFrame(video);
  }

  stop() {
    this.#stopped = true;
  }

  /** @param {HTMLVideoElement} video */
  #waitForFrame(video) {
    const look = () => {
      if (this.#stopped) return;
      this.#look(video);
      this.#waitForFrame(video);
    };
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(look);
    else requestAnimationFrame(look);
  }

  /** @param {HTMLVideoElement} video */
  #look(video) {
    if (this.#busy || !video.videoWidth) return;
    const scale = Math.min(1, WIDEST / video.videoWidth);
    const width = Math.round(video.videoWidth * scale);
    const height = Math.round(video.videoHeight * scale);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
    }
    const brush = /** @type {CanvasRenderingContext2D} */ (
      this.#canvas.getContext("2d", { willReadFrequently: true })
    );
    brush.drawImage(video, 0, 0, width, height);
    const picture = brush.getImageData(0, 0, width, height);
    this.#busy = true;
    this.#frames += 1;
    this.#worker.postMessage({ picture, hard: this.#frames % HARD_EACH === 0 }, [picture.data.buffer]);
  }
}
