// SPDX-License-Identifier: Apache-2.0

/** @type {WakeLockSentinel | null} */
let lock = null;
let wanted = false;

/** Keeps the screen on until `letSleep`; quietly does nothing where the phone cannot. */
export async function stayAwake() {
  wanted = true;
  try {
    lock = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    lock = null; // battery saver, or not in front: asked again when the page is seen
  }
}

export function letSleep() {
  wanted = false;
  lock?.release();
  lock = null;
}

// The lock is lost whenever the page is hidden.
document.addEventListener("visibilitychange", () => {
  if (wanted && document.visibilityState === "visible") stayAwake();
});
