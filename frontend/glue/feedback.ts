/** Sound and vibration that answer a scan without the eyes: accepted and refused cannot be confused. */

type Kind = "accept" | "repeat" | "refuse";

/** Tones: frequency in hertz, start and length in seconds. */
const SOUNDS: Record<Kind, readonly { hertz: number; start: number; length: number; wave: OscillatorType }[]> = {
  accept: [{ hertz: 1_760, start: 0, length: 0.09, wave: "square" }],
  repeat: [{ hertz: 880, start: 0, length: 0.05, wave: "sine" }],
  refuse: [
    { hertz: 233, start: 0, length: 0.16, wave: "sawtooth" },
    { hertz: 196, start: 0.2, length: 0.28, wave: "sawtooth" },
  ],
};

/** Milliseconds on, off, on … */
const VIBRATIONS: Record<Kind, number[]> = { accept: [60], repeat: [25], refuse: [180, 80, 180] };

const LOUDNESS = 0.12;

let audio: AudioContext | undefined;
let sounds = true;
let vibrations = true;
let listening = false;

/** Turns sound and vibration on or off, each for itself. */
export function setFeedback(withSound: boolean, withVibration: boolean): void {
  sounds = withSound;
  vibrations = withVibration;
}

/** Browsers allow sound only after a gesture: call once, and the first touch or key unlocks it. */
export function unlockFeedback(): void {
  if (listening) return;
  listening = true;
  const unlock = (): void => {
    try {
      audio ??= new AudioContext({ latencyHint: "interactive" });
      // iOS suspends it in the background, so every gesture wakes it again.
      if (audio.state !== "running") void audio.resume().catch(() => undefined);
    } catch (error) {
      console.warn("no sound", error);
    }
  };
  for (const gesture of ["pointerdown", "keydown"] as const) {
    addEventListener(gesture, unlock, { capture: true, passive: true });
  }
}

/** Answers a scan; `kind` is accept, repeat or refuse. */
export function feedback(kind: Kind): void {
  // Vibration is refused before the first gesture, and missing on iOS: both are silent here.
  if (vibrations && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(VIBRATIONS[kind]);
  if (!sounds || audio?.state !== "running") return;
  for (const tone of SOUNDS[kind]) {
    const start = audio.currentTime + tone.start;
    const end = start + tone.length;
    const oscillator = new OscillatorNode(audio, { type: tone.wave, frequency: tone.hertz });
    const gain = new GainNode(audio, { gain: 0 });
    // A few milliseconds up and down: a hard edge is heard as a click.
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.005);
    gain.gain.setValueAtTime(LOUDNESS, end - 0.02);
    gain.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(start);
    oscillator.stop(end);
  }
}
