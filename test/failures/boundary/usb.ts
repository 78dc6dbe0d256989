import { FacadeDevice } from "../../../src/emulator/usb/facade.ts";
import { tally } from "./tally.ts";

type Call = (...args: unknown[]) => Promise<unknown>;

const transfers = ["transferIn", "transferOut"] as const;
const controls = ["controlTransferIn", "controlTransferOut", "clearHalt"] as const;
const others = ["open", "close", "selectConfiguration", "claimInterface", "releaseInterface", "reset"] as const;

/** In the words of the library (docs/device-protocol.md §9). `done`: the device has had it, and only the host is told otherwise. */
interface Way {
  readonly words: string;
  readonly done: boolean;
}

const io: Way = { words: "hardware fault or protocol violation (errno 71)", done: false };
const gone: Way = { words: "device disconnected", done: false };
const ofTransfers: readonly Way[] = [
  io,
  { ...io, done: true },
  { words: "Stall", done: false },
  gone,
  { words: "Cancelled", done: false },
];
const ofControls: readonly Way[] = [io, { ...io, done: true }, { words: "endpoint stalled", done: false }, gone];
const ofOthers: readonly Way[] = [{ words: "errno 5", done: false }, gone];

/** Ways in which an operation on USB can fail; the same for all, those that have fewer begin again. */
export const usbWays = ofTransfers.length;

/** Everything that is asked of an emulated device on its bus can fail, where the library would say so. */
export function wrapUsb(): void {
  for (const name of transfers) wrap(name, ofTransfers);
  for (const name of controls) wrap(name, ofControls);
  for (const name of others) wrap(name, ofOthers);
}

function wrap(name: (typeof transfers | typeof controls | typeof others)[number], ways: readonly Way[]): void {
  const real = FacadeDevice.prototype[name] as Call;
  Reflect.set(FacadeDevice.prototype, name, async function (this: FacadeDevice, ...args: unknown[]) {
    const nth = tally.next("usb", `${name} ${JSON.stringify(args.slice(0, 1))}`);
    const way = nth === null ? undefined : ways[nth % ways.length];
    if (way === undefined) return Reflect.apply(real, this, args);
    if (way.done) await Reflect.apply(real, this, args);
    throw new Error(`${name} error: ${way.words}`);
  });
}
