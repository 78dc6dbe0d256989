import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { test } from "node:test";
import type { SipLeg } from "../../../src/message/sip.ts";
import { freePorts } from "../harness/free-ports.ts";
import { Scratch } from "../harness/scratch.ts";
import { account, RealHouse } from "./real-house.ts";

const calls = 40;
const lossInAHundred = 20;

interface Way {
  /** Where the relay is sent to. */
  readonly port: number;
  /** Whom it passes that on to. */
  readonly to: number;
}

/** Two UDP sockets back to back that lose some datagrams by a fixed sequence. Returns what got through. */
async function relay(scratch: Scratch, from: readonly Way[]): Promise<string[]> {
  const passed: string[] = [];
  let seed = 7;
  const lost = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed >>> 8) % 100 < lossInAHundred;
  };
  const sockets: Socket[] = [];
  for (const { port } of from) {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(port, "127.0.0.1", resolve));
    sockets.push(socket);
    scratch.atEnd(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  }
  sockets.forEach((socket, index) => {
    const other = sockets[1 - index];
    const target = from[index]?.to ?? 0;
    const [sender, way] = [from[1 - index]?.to, from[1 - index]?.port];
    // What comes in at one socket leaves by the other, and its Contact names that one: ACK and BYE come this way too.
    socket.on("message", (datagram) => {
      const text = datagram.toString().replace(/^(Contact: <sip:\w+@127\.0\.0\.1):(\d+)/m, (whole, head, port) => {
        return Number(port) === sender ? `${head}:${way}` : whole;
      });
      if (lost()) return;
      passed.push(/^(?:SIP\/2\.0 )?(\w+)/.exec(text)?.[1] ?? "");
      other?.send(text, target, "127.0.0.1");
    });
  });
  return passed;
}

test("forty calls over a network that loses a fifth each way all come up and all end", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const [callerPort, calleePort, nearCaller, nearCallee] = await Promise.all([1, 1, 1, 1].map(() => freePorts(1)));
  assert.ok(callerPort && calleePort && nearCaller && nearCallee);
  // caller -> nearCaller ~> nearCallee -> callee, and back.
  const passed = await relay(scratch, [
    { port: nearCaller, to: calleePort },
    { port: nearCallee, to: callerPort },
  ]);
  const callee = await RealHouse.start(calleePort, account({ server: { host: "127.0.0.1", port: nearCallee } }));
  const caller = await RealHouse.start(callerPort, account({ server: { host: "127.0.0.1", port: nearCaller } }));
  scratch.atEnd(() => callee.close());
  scratch.atEnd(() => caller.close());
  callee.answersAll();
  caller.react = (event) => {
    if (event.kind === "answered") caller.do({ kind: "release", leg: event.leg, cause: "normal" });
  };
  for (let count = 0; count < calls; count++) caller.call(`sip:out-${count}` satisfies SipLeg, "600");
  await caller.event("answered", 30_000, calls - 1);
  await callee.event("ended", 40_000, calls - 1);
  const count = (house: RealHouse, kind: string) => house.events.filter((event) => event.kind === kind).length;
  assert.deepEqual([count(caller, "answered"), count(caller, "refused")], [calls, 0]);
  assert.deepEqual([count(callee, "invited"), count(callee, "ended")], [calls, calls]);
  for (const what of ["INVITE", "ACK", "BYE", "200"])
    assert.ok(passed.includes(what), `${what} went through the relay`);
  assert.ok(caller.vendor.figures().requestRepeats > 0);
  assert.equal(callee.vendor.figures().legs, 0);
});
