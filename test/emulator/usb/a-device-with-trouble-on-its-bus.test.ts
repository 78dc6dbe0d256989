import assert from "node:assert/strict";
import { test } from "node:test";
import type { UsbTrouble } from "../../../src/emulator/contract.ts";
import type { DeviceModel, EndpointDescriptor } from "../../../src/emulator/usb/device-model.ts";
import { Packets } from "../../../src/emulator/usb/packets.ts";
import { Plug } from "../../../src/emulator/usb/plug.ts";
import { InTransfer, OutTransfer, type TransferFault } from "../../../src/emulator/usb/transfer.ts";
import { TroubledDevice } from "../../../src/emulator/usb/troubled-device.ts";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";

const PACKET = 64;

/** Says what it is told to say, and takes everything. */
class Parrot implements DeviceModel {
  readonly descriptor = {
    ...{ vendorId: 1, productId: 2, release: 0, class: 255, manufacturer: "", productName: "", serialNumber: "1" },
    ...{ configuration: 1, milliamps: 100, interfaces: [] },
    endpoints: [endpoint("in"), endpoint("out")],
  };
  onReady: DeviceModel["onReady"] = null;
  readonly #says = new Packets(PACKET);

  say(octets: Uint8Array): void {
    this.#says.push(octets);
    this.onReady?.("in", 1);
  }

  powerOn(): void {}
  powerOff(): void {}
  reset(): void {}
  controlIn = () => null;
  controlOut = () => false;
  receive = () => "ack" as const;
  packet = () => this.#says.next();
}

function endpoint(direction: "in" | "out"): EndpointDescriptor {
  return { direction, number: 1, interface: 0, type: "bulk", packet: PACKET, interval: 0 };
}

function setUp() {
  const time = new VirtualClock();
  const parrot = new Parrot();
  const device = new TroubledDevice(parrot, time);
  const plug = new Plug(device);
  plug.plugIn(2);
  const ended: (TransferFault | Uint8Array | null)[] = [];
  return {
    time,
    parrot,
    plug,
    device,
    ended,
    read(): void {
      const transfer: InTransfer = new InTransfer(256, (fault) => ended.push(fault ?? transfer.data));
      plug.submit(device.descriptor.endpoints[0] ?? endpoint("in"), transfer);
    },
    write(): void {
      const transfer = new OutTransfer(new Uint8Array(10), (fault) => ended.push(fault));
      plug.submit(device.descriptor.endpoints[1] ?? endpoint("out"), transfer);
    },
  };
}

const message = Uint8Array.from({ length: 100 }, (_, n) => n);
const at = (kind: "stall" | "babble" | "short" | "merge" | "corrupt", where = "in1"): UsbTrouble => ({
  kind,
  endpoint: where,
});

test("a stall ends the transfer that waits, and nothing is lost once the halt is cleared", () => {
  const { read, parrot, plug, device, ended } = setUp();
  read();
  device.trouble(at("stall"));
  assert.deepEqual(ended, ["Stall"]);
  plug.clearHalt(device.descriptor.endpoints[0] ?? endpoint("in"));
  parrot.say(message);
  read();
  assert.deepEqual(ended[1], message);
});

test("babble is a fault of the bus", () => {
  const { read, parrot, device, ended } = setUp();
  device.trouble(at("babble"));
  read();
  parrot.say(message);
  assert.deepEqual(ended, ["Fault"]);
});

test("a short transfer has lost its end, a corrupt one has its length, and the next ones are whole", () => {
  const { read, parrot, device, ended } = setUp();
  for (const kind of ["short", "corrupt"] as const) {
    device.trouble(at(kind));
    parrot.say(message);
    read();
    parrot.say(message);
    read();
  }
  assert.deepEqual(ended[0], message.slice(0, 32));
  const corrupt = ended[2];
  assert.ok(corrupt instanceof Uint8Array && corrupt.length === message.length);
  assert.notDeepEqual(corrupt, message);
  assert.deepEqual([ended[1], ended[3]], [message, message]);
});

test("two transfers that grow together come as one", () => {
  const { read, parrot, device, ended } = setUp();
  device.trouble(at("merge"));
  parrot.say(message);
  parrot.say(message);
  read();
  assert.deepEqual(ended, [Uint8Array.from([...message, ...new Uint8Array(28), ...message])]);
});

test("a device that is deaf for 200 ms keeps transfers waiting for just that long", () => {
  const { read, write, parrot, device, time, ended } = setUp();
  device.trouble({ kind: "nak", ms: 200 });
  parrot.say(message);
  read();
  write();
  time.advance(ms(199));
  assert.deepEqual(ended, []);
  time.advance(ms(1));
  assert.deepEqual(ended, [message, null]);
});

test("trouble where the device has no endpoint, or where none can be, is refused with what there is", () => {
  const { device } = setUp();
  assert.throws(() => device.trouble(at("stall", "in7")), /no endpoint in7; it has: in1, out1/);
  assert.throws(() => device.trouble(at("babble", "out1")), /name an endpoint in/);
});
