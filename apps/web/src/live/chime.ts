let context: AudioContext | null = null;

/** Browsers let a page make sound only after it was used once; call this on any key or click. */
export function allowSound(): void {
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
}

const NOTES = [
  { hertz: 660, at: 0 },
  { hertz: 880, at: 0.11 },
];
const LOUDNESS = 0.12;
const NOTE_SECONDS = 0.32;

/** Two soft notes, made here: no file to load. Silent when the browser has not allowed sound yet. */
export function chime(): void {
  if (context?.state !== 'running') return;
  for (const { hertz, at } of NOTES) {
    const start = context.currentTime + at;
    const tone = new OscillatorNode(context, { type: 'sine', frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_SECONDS);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + NOTE_SECONDS);
  }
}
