/** pid.codes vendor id with ids set aside for private tests: no real product carries them. */
export const VENDOR_ID = 0x1209;
export const BASE_PRODUCT_ID = 0x0001;
export const DONGLE_PRODUCT_ID = 0x0002;

export const MANUFACTURER = "Offhook";
export const BASE_PRODUCT = "Offhook reference base";
export const DONGLE_PRODUCT = "Offhook reference FXS dongle";

export const CONFIGURATION = 1;
export const INTERFACE = 0;
/** bDeviceClass and bInterfaceClass: the vendor's own. */
export const VENDOR_CLASS = 0xff;
/** The most a device draws from the bus. */
export const MILLIAMPS = 500;
/** Full speed: bulk, interrupt and control endpoints all have 64-octet packets. */
export const PACKET = 64;

/** Bulk IN 0x81 and bulk OUT 0x01: voice of all channels. */
export const VOICE_ENDPOINT = 1;
/** Interrupt IN 0x82: events. */
export const EVENT_ENDPOINT = 2;
export const EVENT_INTERVAL_MS = 4;

export const PROTOCOL_MAJOR = 1;
export const PROTOCOL_MINOR = 0;

/** Most voice channels of one device. */
export const MAX_CHANNELS = 8;
/** Length to ask for when reading an event: a packet multiple above the longest event frame. */
export const EVENT_READ = 512;

/** Length to ask for when reading voice: a packet multiple above the longest frame of this many channels. */
export function voiceReadLength(channels: number): number {
  const longest = 20 + channels * (6 + 320) + 2 + 1;
  return Math.ceil(longest / PACKET) * PACKET;
}

/** Octets of padding after a frame of this length: a transfer that is a packet multiple would not end by itself. */
export function paddingAfter(length: number): number {
  return length % PACKET === 0 ? 1 : 0;
}
