// SPDX-License-Identifier: Apache-2.0

/** @typedef {"camera_denied" | "camera_missing" | "camera_busy" | "camera_insecure"} Trouble the name of a sentence */

/** Why the camera did not start; the message is the name of the sentence to show. */
export class CameraTrouble extends Error {}

/**
 * Why there is none whatever one taps, as the name of a sentence; empty where it may be tried. Browsers show pages
 * without https no camera at all.
 */
export function whyNoCamera() {
  if (!isSecureContext) return "camera_insecure";
  return navigator.mediaDevices?.getUserMedia ? "" : "camera_missing";
}

/** @typedef {{id?: string, zoom?: number}} Choice which camera somebody chose at this device, and how near */

export const CHOICE = "stampwell-camera";

/** @returns {Choice} */
export function cameraChoice() {
  try {
    return JSON.parse(localStorage.getItem(CHOICE) ?? "{}");
  } catch {
    return {}; // a browser that keeps nothing
  }
}

/**
 * Starts the camera that was chosen, or the one that looks away from the person or at them. Must follow a tap: iPhones
 * want one.
 * @param {HTMLVideoElement} video
 * @param {() => void} onLost the camera was unplugged, or the device took it away
 * @param {"environment" | "user"} [facing]
 */
export async function startCamera(video, onLost, facing = "environment") {
  const none = whyNoCamera();
  if (none) throw new CameraTrouble(none);
  const { id } = facing === "environment" ? cameraChoice() : {};
  try {
    const usual = { facingMode: { ideal: facing } };
    video.srcObject = await (id ? open({ deviceId: { exact: id } }).catch(() => open(usual)) : open(usual));
    for (const track of tracks(video)) track.addEventListener("ended", onLost); // not told of a track that we stop
    await video.play();
  } catch (error) {
    stopCamera(video);
    throw new CameraTrouble(troubleOf(/** @type {Error} */ (error)));
  }
}

/** @param {MediaTrackConstraints} which */
function open(which) {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, ...size } });
}

/** @param {HTMLVideoElement} video */
export function stopCamera(video) {
  for (const track of tracks(video)) track.stop();
  video.srcObject = null;
}

/** @param {HTMLVideoElement} video */
export function isRunning(video) {
  return tracks(video).some((track) => track.readyState === "live");
}

/** @param {HTMLVideoElement} video */
export function hasTorch(video) {
  const [track] = tracks(video);
  const can = /** @type {{torch?: boolean}} */ (track?.getCapabilities?.() ?? {});
  return Boolean(can.torch);
}

/**
 * @param {HTMLVideoElement} video
 * @param {boolean} on
 */
export async function switchTorch(video, on) {
  const [track] = tracks(video);
  const { zoom } = /** @type {{zoom?: number}} */ (track?.getSettings() ?? {}); // what is not named may go back
  const light = /** @type {MediaTrackConstraintSet} */ ({ torch: on, zoom });
  await track?.applyConstraints({ advanced: [light] });
}

/** @param {HTMLVideoElement} video */
function tracks(video) {
  return video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
}

/**
 * @param {Error} error
 * @returns {Trouble}
 */
function troubleOf(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "camera_denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "camera_missing";
  return "camera_busy";
}
