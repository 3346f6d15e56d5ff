// SPDX-License-Identifier: Apache-2.0
// Which of several cameras looks, and how near: offered where a device has more than one, or one that can zoom. The
// device remembers both.

import { CHOICE, cameraChoice, stopCamera } from "./camera.js";

/** @typedef {{min: number, max: number, step: number}} Zoom */

const NEAREST = 4; // times; nearer than that a hand shakes too much

/**
 * Shows what can be chosen of the camera that has just started.
 * @param {HTMLElement} root
 * @param {HTMLVideoElement} video
 * @param {() => Promise<void>} startAgain
 */
export async function offerChoice(root, video, startAgain) {
  const track = trackOf(video);
  if (!track) return;
  offerZoom(/** @type {HTMLInputElement} */ (root.querySelector("[data-zoom]")), track);
  await offerOthers(/** @type {HTMLButtonElement} */ (root.querySelector("[data-next-camera]")), video, startAgain);
}

/**
 * @param {HTMLInputElement} slider
 * @param {MediaStreamTrack} track
 */
function offerZoom(slider, track) {
  const { zoom } = /** @type {{zoom?: Zoom}} */ (track.getCapabilities?.() ?? {});
  slider.hidden = !zoom || zoom.max <= zoom.min;
  if (!zoom || slider.hidden) return;
  const id = idOf(track);
  const before = cameraChoice();
  const most = Math.min(zoom.max, zoom.min * NEAREST || zoom.max);
  Object.assign(slider, { min: zoom.min, max: most, step: zoom.step || "any" });
  slider.value = String((before.id === id && before.zoom) || zoom.min);
  comeNear(track, Number(slider.value));
  slider.oninput = () => comeNear(track, Number(slider.value));
  slider.onchange = () => remember({ id, zoom: Number(slider.value) });
}

/**
 * @param {MediaStreamTrack} track
 * @param {number} zoom
 */
async function comeNear(track, zoom) {
  const { torch } = /** @type {{torch?: boolean}} */ (track.getSettings()); // what is not named may go back
  const near = /** @type {MediaTrackConstraintSet} */ ({ zoom, torch });
  await track.applyConstraints({ advanced: [near] }).catch(() => {});
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLVideoElement} video
 * @param {() => Promise<void>} startAgain
 */
async function offerOthers(button, video, startAgain) {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const cameras = devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
  button.hidden = cameras.length < 2;
  button.onclick = async () => {
    const at = cameras.findIndex(({ deviceId }) => deviceId === idOf(trackOf(video)));
    button.disabled = true;
    remember({ id: cameras[(at + 1) % cameras.length].deviceId });
    stopCamera(video);
    await startAgain().finally(() => (button.disabled = false));
  };
}

/** @param {import("./camera.js").Choice} choice */
function remember(choice) {
  localStorage.setItem(CHOICE, JSON.stringify(choice));
}

/** @param {HTMLVideoElement} video */
function trackOf(video) {
  return video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined;
}

/** @param {MediaStreamTrack | undefined} track */
function idOf(track) {
  return track?.getSettings().deviceId ?? "";
}
