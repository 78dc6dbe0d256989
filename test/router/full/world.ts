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

/** What a test that failed has left: one failure is not to be that of all who come after. */
export async function tidyUp(): Promise<void> {
  const { house } = await router();
  for (const phone of house.phones) if ((await phone.look()).hook === "off") await phone.hangUp();
}

// The first test is not to be charged for the boot.
before(() => router());
after(async () => (await booting)?.close());
