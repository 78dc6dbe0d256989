import * as layout from "../../assembly/layout.ts";
import type { Digit, Endpoint, RtpEndpoint, UsbEndpoint } from "../message/name.ts";
import type { FaxTone } from "../message/voice.ts";
import { digits } from "./digits.ts";
import type { VoiceMap } from "./map.ts";
import type { Happening } from "./messages.ts";

/** Reads the events of the tick just done. */
export function forEachHappening(
  map: VoiceMap,
  nameOf: (index: number) => Endpoint | null,
  tell: (event: Happening) => void,
): void {
  const waiting = map.word(layout.HEADER_EVENTS);
  for (let n = 0; n < waiting; n++) {
    const slot = layout.EVENTS_OFFSET + n * layout.EVENTS_STRIDE;
    const endpoint = nameOf(map.word(slot + 4));
    if (endpoint === null) continue;
    const event = happening(map.word(slot), endpoint, map.word(slot + 8), map.word(slot + 12));
    if (event !== null) tell(event);
  }
}

function happening(kind: number, endpoint: Endpoint, value: number, durationMs: number): Happening | null {
  if (kind === layout.EVENT_DIGIT) {
    const digit = digits[value];
    return isDigit(digit) ? { kind: "digit", endpoint, digit, durationMs } : null;
  }
  if (kind === layout.EVENT_DATA_SENT && isUsb(endpoint)) return { kind: "callerIdSent", endpoint };
  if (kind === layout.EVENT_FAX) return faxTone(endpoint, value);
  if (kind === layout.EVENT_TIMEOUT && isRtp(endpoint)) return { kind: "rtpTimeout", endpoint, silentMs: value };
  return null;
}

/** Of assembly/fax/detect.ts. */
const faxTones: Readonly<Record<number, FaxTone>> = { 1: "cng", 2: "ced", 3: "ansam" };

function faxTone(endpoint: Endpoint, value: number): Happening | null {
  const tone = faxTones[value & ~layout.FAX_SENT];
  if (tone === undefined || !isUsb(endpoint)) return null;
  return { kind: "faxTone", endpoint, tone, from: (value & layout.FAX_SENT) === 0 ? "phone" : "farEnd" };
}

function isDigit(letter: string | undefined): letter is Digit {
  return letter !== undefined && digits.includes(letter);
}

function isUsb(endpoint: Endpoint): endpoint is UsbEndpoint {
  return endpoint.startsWith("usb:");
}

function isRtp(endpoint: Endpoint): endpoint is RtpEndpoint {
  return endpoint.startsWith("rtp:");
}
