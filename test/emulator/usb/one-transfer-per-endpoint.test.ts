import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceModel } from "../../../src/emulator/usb/device-model.ts";
import { EmulatedBus } from "../../../src/emulator/usb/emulated-bus.ts";
import { Packets } from "../../../src/emulator/usb/packets.ts";
import { Plug } from "../../../src/emulator/usb/plug.ts";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import type { UsbDevice } from "../../../src/vendor/family.ts";
import { settle } from "../time.ts";

/** A device with two IN endpoints and an OUT endpoint, and no mind of its own. */
class PlainDevice implements DeviceModel {
  readonly descriptor = {
    vendorId: 0x1209,
    productId: 0x0010,
    release: 0x0100,
    class: 0xff,
    manufacturer: "Nobody",
    productName: "Plain",
    serialNumber: "P1",
    configuration: 1,
    milliamps: 100,
    interfaces: [{ number: 0, class: 0xff, subclass: 0, protocol: 0 }],
    endpoints: [
      { direction: "in", number: 1, interface: 0, type: "bulk", packet: 64, interval: 0 },
      { direction: "in", number: 2, interface: 0, type: "interrupt", packet: 64, interval: 4 },
      { direction: "out", number: 1, interface: 0, type: "bulk", packet: 64, interval: 0 },
    ],
  } as const;
  onReady: DeviceModel["onReady"] = null;
  readonly fifo = new Packets(64);
  received: Uint8Array[] = [];
  answer: "ack" | "nak" | "stall" = "ack";
  stalls = false;
  resets = 0;

  powerOn(): void {}
  powerOff(): void {
    this.fifo.clear();
  }
  reset(): void {
    this.resets++;
  }
  controlIn(setup: { request: number }, length: number): Uint8Array | null {
    return setup.request === 1 ? new Uint8Array(length).fill(7) : null;
  }
  controlOut(setup: { request: number }): boolean {
    return setup.request === 1;
  }
  receive(_endpoint: number, data: Uint8Array): "ack" | "nak" | "stall" {
    if (this.answer === "ack") this.received.push(data);
    return this.answer;
  }
  packet(endpoint: number): Uint8Array | "nak" | "stall" {
    if (this.stalls) return "stall";
    return endpoint === 1 ? this.fifo.next() : "nak";
  }
  send(octets: number): void {
    this.fifo.push(new Uint8Array(octets).fill(octets));
    this.onReady?.("in", 1);
  }
}

async function plugged(): Promise<{
  device: UsbDevice;
  model: PlainDevice;
  clock: VirtualClock;
  bus: EmulatedBus;
  plug: Plug;
}> {
  const clock = new VirtualClock();
  const model = new PlainDevice();
  const plug = new Plug(model);
  const bus = new EmulatedBus([plug], clock);
  const [device] = await bus.getDevices();
  assert.ok(device);
  await device.open();
  await device.selectConfiguration(1);
  await device.claimInterface(0);
  return { device, model, clock, bus, plug };
}

const setup = (request: number) =>
  ({ requestType: "vendor", recipient: "device", request, value: 0, index: 0 }) as const;

test("a read ends at a short packet and gives what came", async () => {
  const { device, model } = await plugged();
  const read = device.transferIn(1, 512);
  model.send(100);
  assert.equal((await read).data?.byteLength, 100);
});

test("a second read on the same endpoint is refused, on another one it is not", async () => {
  const { device, model, bus, plug } = await plugged();
  const first = device.transferIn(1, 64);
  const other = device.transferIn(2, 64);
  await assert.rejects(device.transferIn(1, 64), /^Error: transferIn error: endpoint not found$/);
  await assert.rejects(device.clearHalt("in", 1), /clearHalt error: endpoint not found/);
  model.send(10);
  assert.equal((await first).data?.byteLength, 10);
  bus.unplug(plug);
  await assert.rejects(other, /Disconnected/);
});

test("a message of a packet multiple does not end the read: it merges with the next", async () => {
  const { device, model } = await plugged();
  const read = device.transferIn(1, 512);
  model.send(128);
  model.send(5);
  assert.equal((await read).data?.byteLength, 133);
});

test("a length is rounded up to packets and the rest of the last one is lost", async () => {
  const { device, model } = await plugged();
  model.send(10);
  assert.equal((await device.transferIn(1, 4)).data?.byteLength, 4);
  model.send(3);
  assert.equal((await device.transferIn(1, 64)).data?.byteLength, 3);
  await assert.rejects(device.transferIn(1, 0), /InvalidArgument/);
});

test("a read that times out is cancelled and loses the packets it had got", async () => {
  const { device, model, clock } = await plugged();
  const read = device.transferIn(1, 512, 100);
  model.send(128);
  clock.advance(ms(102));
  await assert.rejects(read, /^Error: transferIn error: Cancelled$/);
  model.send(9);
  assert.equal((await device.transferIn(1, 512)).data?.byteLength, 9);
});

test("what arrives while a timed-out read is taken back is lost, what comes later is kept", async () => {
  const { device, model, clock } = await plugged();
  const read = device.transferIn(1, 512, 20);
  clock.advance(ms(20));
  model.send(100);
  assert.equal((await read).data?.byteLength, 100);
  const late = device.transferIn(1, 512, 20);
  clock.advance(ms(20));
  model.send(64);
  clock.advance(ms(1));
  await assert.rejects(late, /Cancelled/);
  model.send(7);
  assert.equal((await device.transferIn(1, 512)).data?.byteLength, 7);
});

test("without a timeout a read waits one second", async () => {
  const { device, clock } = await plugged();
  let failed = "";
  device.transferIn(1, 64).catch((error: Error) => {
    failed = error.message;
  });
  clock.advance(ms(999));
  await settle();
  assert.equal(failed, "");
  clock.advance(ms(2));
  await settle();
  assert.equal(failed, "transferIn error: Cancelled");
});

test("while a transfer waits the object is locked for all but transfers", async () => {
  const { device, model } = await plugged();
  const read = device.transferIn(1, 64);
  const locked = /cannot be borrowed mutably/;
  await assert.rejects(device.close(), locked);
  await assert.rejects(device.open(), locked);
  await assert.rejects(device.claimInterface(0), locked);
  await assert.rejects(device.releaseInterface(0), locked);
  assert.throws(() => device.vendorId, locked);
  assert.throws(() => device.serialNumber, locked);
  assert.equal(device.opened, true);
  assert.equal((await device.controlTransferIn(setup(1), 4)).data?.byteLength, 4);
  assert.equal((await device.transferOut(1, new Uint8Array(3))).bytesWritten, 3);
  model.send(1);
  await read;
  assert.equal(device.vendorId, 0x1209);
  await device.releaseInterface(0);
  await device.close();
});

test("a stall throws, and nothing moves until it is cleared", async () => {
  const { device, model } = await plugged();
  model.stalls = true;
  await assert.rejects(device.transferIn(1, 64), /^Error: transferIn error: Stall$/);
  model.stalls = false;
  await assert.rejects(device.transferIn(1, 64), /Stall/);
  await device.clearHalt("in", 1);
  model.send(2);
  assert.equal((await device.transferIn(1, 64)).data?.byteLength, 2);
  model.answer = "stall";
  await assert.rejects(device.transferOut(1, new Uint8Array(1)), /^Error: transferOut error: Stall$/);
});

test("a control request that stalls needs no clearing", async () => {
  const { device } = await plugged();
  await assert.rejects(device.controlTransferIn(setup(9), 4), /controlTransferIn error: endpoint stalled/);
  await assert.rejects(device.controlTransferOut(setup(9), new Uint8Array(0)), /controlTransferOut error: endpoint/);
  assert.equal((await device.controlTransferOut(setup(1), new Uint8Array(2))).bytesWritten, 2);
});

test("data for a device that takes none waits, is taken later, or is cancelled", async () => {
  const { device, model, clock } = await plugged();
  model.answer = "nak";
  const write = device.transferOut(1, Uint8Array.of(1), 50);
  await assert.rejects(device.transferOut(1, Uint8Array.of(2)), /transferOut error: endpoint not found/);
  model.answer = "ack";
  model.onReady?.("out", 1);
  assert.equal((await write).bytesWritten, 1);
  model.answer = "nak";
  const lost = device.transferOut(1, Uint8Array.of(3), 50);
  clock.advance(ms(60));
  await assert.rejects(lost, /transferOut error: Cancelled/);
  assert.deepEqual(
    model.received.map((data) => [...data]),
    [[1]],
  );
});

test("unplugging ends all that waits, and the object is dead also after plugging in again", async () => {
  const { device, bus, plug } = await plugged();
  let changes = 0;
  const stop = bus.onChange(() => changes++);
  const reads = [device.transferIn(1, 64), device.transferIn(2, 64)];
  bus.unplug(plug);
  for (const read of reads) await assert.rejects(read, /^Error: transferIn error: Disconnected$/);
  assert.deepEqual(await bus.getDevices(), []);
  await assert.rejects(device.transferIn(1, 64), /Disconnected/);
  await assert.rejects(device.controlTransferIn(setup(1), 4), /device disconnected/);
  bus.plug(plug);
  await assert.rejects(device.transferIn(1, 64), /Disconnected/);
  await device.releaseInterface(0);
  await device.close();
  const [again] = await bus.getDevices();
  const [twin] = await bus.getDevices();
  assert.notEqual(again, twin);
  assert.equal(again?.handle, twin?.handle);
  assert.notEqual(again?.handle, device.handle);
  assert.equal(again?.serialNumber, "P1");
  await again?.open();
  await again?.claimInterface(0);
  assert.equal(changes, 2);
  stop();
  bus.unplug(plug);
  assert.equal(changes, 2);
});

test("an interface belongs to one object until it is released, even when that one is closed", async () => {
  const { device, bus } = await plugged();
  const [second] = await bus.getDevices();
  assert.ok(second);
  await second.open();
  await assert.rejects(second.transferIn(1, 64), /endpoint not found/);
  await assert.rejects(second.claimInterface(0), /interface is busy/);
  await device.close();
  await assert.rejects(second.claimInterface(0), /interface is busy/);
  await device.open();
  await device.releaseInterface(0);
  await second.claimInterface(0);
});

test("a reset ends the reads that wait and leaves the object usable", async () => {
  const { device, model, clock } = await plugged();
  const read = device.transferIn(1, 64);
  const rejected = assert.rejects(read, /Disconnected/);
  const reset = device.reset();
  clock.advance(ms(310));
  await reset;
  await rejected;
  assert.equal(model.resets, 2);
  model.send(4);
  assert.equal((await device.transferIn(1, 64)).data?.byteLength, 4);
});

test("what is not open or not there is refused", async () => {
  const clock = new VirtualClock();
  const bus = new EmulatedBus([new Plug(new PlainDevice())], clock);
  const [device] = await bus.getDevices();
  assert.ok(device);
  await assert.rejects(device.claimInterface(0), /claimInterface error: invalid state/);
  await assert.rejects(device.transferIn(1, 64), /endpoint not found/);
  await device.open();
  await assert.rejects(device.claimInterface(3), /interface not found/);
  await assert.rejects(device.selectConfiguration(2), /invalid configuration/);
});
