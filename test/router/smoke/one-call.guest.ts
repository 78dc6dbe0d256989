import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Scratch } from "../../peers/harness/scratch.ts";
import { notes } from "../../peers/harness/voices.ts";
import { assertUnderstood, talk } from "../guest/talk.ts";
import { RouterWorld, wantedTarget } from "../guest/world.ts";
import { kernelHashCommand, kernelHashFiles } from "../image/kernel-hash-bundle.ts";
import { readRatchet } from "../ratchet.ts";

const target = wantedTarget();
const files = new Scratch();
let world: RouterWorld;

before(async () => {
  world = await RouterWorld.boot(target, { extra: await kernelHashFiles(await files.folder("hash")) });
});
after(async () => {
  await world.close();
  await files.close();
});

test(`on ${target.name} the voice kernels compute what the ratchet file says`, async (t) => {
  const told: unknown = JSON.parse(await world.guest.run(kernelHashCommand, 120_000));
  const claims = Object.entries(readRatchet()).filter(([, { targets }]) => targets.includes(target.name));
  assert.ok(claims.length > 0);
  assert.ok(typeof told === "object" && told !== null);
  const kernels = new Set(claims.map(([kernel]) => kernel));
  const found = Object.fromEntries(Object.entries(told).filter(([kernel]) => kernels.has(kernel)));
  assert.deepEqual(found, Object.fromEntries(claims.map(([kernel, { sha256 }]) => [kernel, sha256])));
  t.diagnostic(`Node ${world.guest.nodeVersion}, ${claims.length} kernels`);
});

test(`on ${target.name} the same bundle finds both devices on the kernel's USB`, async (t) => {
  await world.attachByProgram();
  const took = await world.startGateway();
  await world.allThere();
  const own = (await world.gateway.anonymousMB()).toFixed(1);
  const total = (await world.guest.memoryTotalMB()).toFixed(0);
  t.diagnostic(`MemTotal ${total} MB, ready after ${(took / 1000).toFixed(1)} s, ${own} MB of its own`);
});

test(`on ${target.name} a call from outside rings, is answered and ended`, async (t) => {
  const port = world.house.phone("port:1");
  const alice = await world.alice(t);
  alice.dial(world.uri("601"));
  await port.rings(40_000);
  await port.lift();
  await alice.until("CALL_ESTABLISHED", 30_000);
  const heard = await talk(port, alice, notes.softphone);
  t.diagnostic(`understood: inside ${heard.inside.toFixed(2)}, outside ${heard.outside.toFixed(2)}`);
  assertUnderstood(heard);
  await port.hangUp();
  await alice.until("CALL_CLOSED", 30_000);
  await world.isQuiet();
});
