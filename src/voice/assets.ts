/** Files the voice path loads at run time. */
export interface VoiceAssets {
  /** Exports `run` (worker.ts). */
  readonly worker: URL;
  readonly wasm: URL;
}

/**
 * Where the assets lie, seen from the module at `from`: this source file, or a bundle in dist/ beside
 * `voice-worker.js` and `voice.wasm`.
 */
export function voiceAssets(from: string = import.meta.url): VoiceAssets {
  const isSource = from.endsWith("/src/voice/assets.ts");
  return {
    worker: new URL(isSource ? "./worker.ts" : "./voice-worker.js", from),
    wasm: new URL(isSource ? "../../dist/voice.wasm" : "./voice.wasm", from),
  };
}
