import type { VoiceFormat } from "./media.ts";
import type { DeviceName, Digit, PortName } from "./name.ts";
import type { Instant } from "./units.ts";

/** FXS adapter -> upper half. Hook events are debounced, flash is decided above (it depends on the country). */
export type FxsEvent = { readonly world: "fxs"; readonly at: Instant } & (
  | {
      readonly kind: "attached";
      readonly dongle: DeviceName;
      readonly model: string;
      readonly serial: string;
      /** In order of the device's channels: `ports[n]` speaks on channel n. */
      readonly ports: readonly { readonly port: PortName; readonly offHook: boolean }[];
      /** Codecs the adapter's codec chip speaks, best first. */
      readonly formats: readonly VoiceFormat[];
    }
  | { readonly kind: "detached"; readonly dongle: DeviceName; readonly reason: string }
  | { readonly kind: "wentOffHook"; readonly port: PortName }
  | { readonly kind: "wentOnHook"; readonly port: PortName }
  /** The SLIC's decoder heard a digit; once per key press. */
  | { readonly kind: "digit"; readonly port: PortName; readonly digit: Digit }
  /** Power alarm, short circuit, foreign voltage: the port is out of service until `lineRestored`. */
  | { readonly kind: "lineFault"; readonly port: PortName; readonly fault: string }
  | { readonly kind: "lineRestored"; readonly port: PortName }
);

/** Tip/ring polarity and battery: Si3210 DR 64 in words. */
export type Linefeed = "open" | "forwardActive" | "forwardOnHook" | "reverseActive" | "reverseOnHook";

/** Upper half -> FXS adapter. */
export type FxsCommand = {
  readonly world: "fxs";
  readonly port: PortName;
} /** Rings with `cadence` (on, off, on, off … in ms, repeated) until stopped or the phone goes off-hook (ring trip). */ & (
  | { readonly kind: "ring"; readonly cadenceMs: readonly number[]; readonly frequencyHz: number }
  /** Ends ringing; the line stays in on-hook transmission. */
  | { readonly kind: "stopRing" }
  | { readonly kind: "linefeed"; readonly feed: Linefeed }
);
