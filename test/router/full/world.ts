import { after, before } from "node:test";
import { RouterWorld, wantedTarget } from "../guest/world.ts";

let booting: Promise<RouterWorld> | null = null;

/** The one guest of the suite: both devices attached, the gateway at work. Booted by the first who asks. */
export function router(): Promise<RouterWorld> {
  booting ??= boot();
  return booting;
}

async function boot(): Promise<RouterWorld> {
  const world = await RouterWorld.boot(wantedTarget());
  await world.attachByProgram();
  await world.startGateway();
  await world.allThere();
  return world;
}

// The first test is not to be charged for the boot.
before(() => router());
after(async () => (await booting)?.close());
