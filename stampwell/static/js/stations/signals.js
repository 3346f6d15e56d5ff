// SPDX-License-Identifier: Apache-2.0
// What staff hear and feel without looking: rising for yes, three for "look here", low for no.

/** @type {Record<string, {notes: [number, number][], buzz: number[]}>} */
const SIGNALS = {
  good: { notes: [[660, 0], [990, 0.11]], buzz: [70] },
  attention: { notes: [[740, 0], [740, 0.16], [990, 0.32]], buzz: [60, 60, 60, 60, 120] },
  kept: { notes: [[660, 0]], buzz: [70] },
  bad: { notes: [[240, 0], [180, 0.2]], buzz: [250, 90, 250] },
};

/** @type {AudioContext | null} */
let audio = null;

/** Phones play sound only after a tap: call this from one. */
export function allowSound() {
  if (!("AudioContext" in window)) return;
  audio ??= new AudioContext();
  audio.resume();
}

/** @param {string} tone */
export function signal(tone) {
  const { notes, buzz } = SIGNALS[tone] ?? SIGNALS.attention;
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(buzz);
  if (audio?.state === "running") for (const [pitch, start] of notes) play(audio, pitch, start);
}

/**
 * @param {AudioContext} context
 * @param {number} pitch
 * @param {number} start
 */
function play(context, pitch, start) {
  const from = context.currentTime + start;
  const tone = new OscillatorNode(context, { type: "triangle", frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(0.3, from + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.001, from + 0.15);
  tone.connect(volume).connect(context.destination);
  tone.start(from);
  tone.stop(from + 0.16);
}
