/** Who is who, by name. Names are readable on purpose: they are what logs, the CLI and the journal show. */

/** A SIP account, e.g. `line:office`. */
export type LineName = `line:${string}`;
/** A DECT portable, numbered through all bases, e.g. `handset:1`. */
export type HandsetName = `handset:${number}`;
/** An FXS socket, numbered through all adapters, e.g. `port:2`. */
export type PortName = `port:${number}`;
/** What the gateway itself offers as a party, e.g. `service:echo`. */
export type ServiceName = `service:${string}`;

export type PhoneName = HandsetName | PortName;
export type PartyName = LineName | PhoneName | ServiceName;

/** A USB device in the order it was found, e.g. `base:1`, `dongle:1`. */
export type DeviceName = `base:${number}` | `dongle:${number}`;

/** A call of the upper half, e.g. `call:17`. Counted, never reused within one run. */
export type CallId = `call:${number}`;
/** One party's side of a call, e.g. `leg:31`. */
export type LegId = `leg:${number}`;

/**
 * One end of a voice path.
 * `rtp:3` is the fourth pre-bound RTP socket pair, `usb:dongle:1:0` is channel 0 of that device.
 */
export type RtpEndpoint = `rtp:${number}`;
export type UsbEndpoint = `usb:${DeviceName}:${number}`;
export type Endpoint = RtpEndpoint | UsbEndpoint;

/** Where the voice of several endpoints is mixed (RFC 4353), `conference:1` to `conference:8`. */
export type ConferenceName = `conference:${number}`;

/** The keys of a telephone (RFC 4733 events 0-15). */
export type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "*" | "#" | "A" | "B" | "C" | "D";

/** A caller or callee as people know him: a number, and a name when one is known. Null = withheld or not given. */
export interface Identity {
  readonly number: string | null;
  readonly name: string | null;
}

export function usbEndpoint(device: DeviceName, channel: number): UsbEndpoint {
  return `usb:${device}:${channel}`;
}
