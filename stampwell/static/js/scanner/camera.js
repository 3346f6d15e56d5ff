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

/**
 * Starts the camera that looks away from the person, or the one that looks at them. Must follow a tap: iPhones want one.
 * @param {HTMLVideoElement} video
 * @param {"environment" | "user"} [facing]
 */
export async function startCamera(video, facing = "environment") {
  const none = whyNoCamera();
  if (none) throw new CameraTrouble(none);
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    await video.play();
  } catch (error) {
    stopCamera(video);
    throw new CameraTrouble(troubleOf(/** @type {Error} */ (error)));
  }
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
  const light = /** @type {MediaTrackConstraintSet} */ ({ torch: on });
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
