import { join } from "node:path";
import type { Person } from "../../src/emulator/contract.ts";
import type { Endpoint, PhoneName } from "../../src/message/name.ts";
import type { FarDialog } from "./far-dialog.ts";
import type { House } from "./house.ts";

/** A call as it should go: resolves when it went so, and rejects with what did not happen. */
export interface Scenario {
  readonly name: string;
  play(house: House): Promise<void>;
}

const packets = 2;
const hum = { kind: "hum", frequencyHz: 700, levelDbm0: -6, ms: null } as const;

function ringing(house: House, phone: PhoneName): boolean {
  return house.person(phone).look().ringing;
}

/** The phone rings, or the call came to nothing. */
async function rings(house: House, phone: PhoneName, call?: FarDialog): Promise<void> {
  const over = () => call?.state === "over";
  await house.until(`${phone} rings`, () => ringing(house, phone), over);
}

async function lift(house: House, phone: PhoneName): Promise<void> {
  await house.person(phone).act({ kind: "offhook" });
}

/** A tone begins: which one it is would take longer to tell. */
async function hearsTone(house: House, person: Person): Promise<void> {
  const tones: readonly string[] = ["sound", "dial"];
  await house.until("a tone is heard", () => tones.includes(person.look().hearing.what));
}

/** Both speak, and each hears the other. */
async function talk(house: House, phone: PhoneName, call: FarDialog): Promise<void> {
  const { far } = house;
  const person = house.person(phone);
  far.speak(call);
  far.heard = 0;
  await person.act(hum);
  const over = () => call.state === "over" || person.look().hook === "on";
  await house.until(`${phone} hears the far end`, () => person.look().hearing.what === "sound", over);
  await house.until(`the far end hears ${phone}`, () => far.heard >= packets, over);
}

async function answeredOn(house: House, phone: PhoneName): Promise<FarDialog> {
  const call = house.far.call(phone === "port:1" ? "21" : "11");
  await rings(house, phone, call);
  await lift(house, phone);
  await house.until(
    "the call is up",
    () => call.state === "up",
    () => call.state === "over",
  );
  return call;
}

/** The handset's link is let go; the port's person hangs up when he hears that nobody is there. */
async function isOver(house: House, call: FarDialog): Promise<void> {
  await house.until("the far end's call is over", () => call.state === "over");
  await house.until("the house has no call", () => house.gateway.view().calls.length === 0);
}

const incoming: Scenario = {
  name: "a call from outside to a handset",
  async play(house) {
    const call = await answeredOn(house, "handset:1");
    await talk(house, "handset:1", call);
    call.end();
    await isOver(house, call);
    await house.until("the handset is let go", () => house.person("handset:1").look().hook === "on");
  },
};

const outgoing: Scenario = {
  name: "a port calls out",
  async play(house) {
    const { far } = house;
    const port = house.person("port:1");
    await lift(house, "port:1");
    await hearsTone(house, port);
    await port.act({ kind: "press", keys: "7" });
    await house.until("the far end is called", () => far.dialog !== null);
    const call = far.dialog;
    if (call === null) throw new Error("the caller gave up");
    call.accept();
    await house.until("the call is up", () => house.gateway.view().calls[0]?.state === "answered");
    await talk(house, "port:1", call);
    await port.act({ kind: "onhook" });
    await isOver(house, call);
  },
};

const internal: Scenario = {
  name: "a handset calls a port",
  async play(house) {
    const [handset, port] = [house.person("handset:1"), house.person("port:1")];
    await lift(house, "handset:1");
    await handset.act({ kind: "press", keys: "21" });
    await rings(house, "port:1");
    await lift(house, "port:1");
    await house.until("the call is up", () => house.gateway.view().calls[0]?.state === "answered");
    await port.act(hum);
    await house.until("the handset hears the port", () => handset.look().hearing.what === "sound");
    await handset.act({ kind: "onhook" });
    await house.until("the house has no call", () => house.gateway.view().calls.length === 0);
  },
};

const cancelled: Scenario = {
  name: "everybody rings, and the caller gives up",
  async play(house) {
    const call = house.far.call("10");
    for (const phone of ["handset:1", "handset:2", "port:1"] as const) await rings(house, phone, call);
    call.end();
    await house.until("the INVITE is over", () => call.status === 487);
    for (const phone of ["handset:1", "handset:2", "port:1"] as const)
      await house.until(`${phone} rings no more`, () => !ringing(house, phone));
  },
};

const held: Scenario = {
  name: "a call is held and taken back",
  async play(house) {
    const call = await answeredOn(house, "handset:1");
    const handset = house.person("handset:1");
    const state = () => house.gateway.view().calls[0]?.parties.find(({ party }) => party === "line:local")?.state;
    await handset.act({ kind: "press", keys: "R" });
    await house.until("the call is held", () => state() === "held");
    await handset.act({ kind: "press", keys: "R" });
    await house.until("the call is taken back", () => state() === "up");
    await talk(house, "handset:1", call);
    await handset.act({ kind: "onhook" });
    await isOver(house, call);
  },
};

const recorded: Scenario = {
  name: "a call is recorded and kept as a capsule",
  async play(house) {
    const call = await answeredOn(house, "port:1");
    const { files } = house.gateway;
    const port = house.person("port:1");
    const endpoint = house.gateway.view().calls[0]?.parties.find(({ party }) => party === "port:1")?.endpoint;
    await files.record(endpoint as Endpoint, join(house.dir, "call.wav"));
    await talk(house, "port:1", call);
    await files.stopRecord(endpoint as Endpoint);
    await port.act({ kind: "onhook" });
    await isOver(house, call);
    await lift(house, "port:1");
    await hearsTone(house, port);
    await port.act({ kind: "press", keys: "29" });
    await house.until("it is confirmed", () => port.look().hearing.what === "confirm");
    await port.act({ kind: "onhook" });
  },
};

const plugged: Scenario = {
  name: "devices are unplugged and plugged in",
  async play(house) {
    const { emulator } = house.gateway;
    const states = () => house.gateway.view().phones.map(({ state }) => state);
    for (const device of ["base:1", "dongle:1"] as const) await emulator?.unplug(device);
    await house.until("all phones are gone", () => states().every((state) => state === "absent"));
    for (const device of ["base:1", "dongle:1"] as const) await emulator?.plug(device);
    await house.until("all phones are back", () => states().every((state) => state === "idle"));
  },
};

/** What is played to see that nothing is broken. */
export const whole: readonly Scenario[] = [internal, incoming];

export const scenarios: readonly Scenario[] = [incoming, outgoing, internal, cancelled, held, recorded, plugged];
