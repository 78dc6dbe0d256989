import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { machine } from "../../../bench/machine.ts";
import { RouterWorld } from "../guest/world.ts";
import { targets } from "../image/target.ts";
import { judge } from "./flat-line.ts";
import { type Leftovers, leftovers } from "./leftovers.ts";
import { type Look, look } from "./look.ts";
import { answerOutside } from "./outside.ts";
import { PassingCalls } from "./passing-calls.ts";
import { StandingCalls } from "./standing-calls.ts";

const LOOK_MS = 5000;
/** Of so many looks one is told while the run lasts. */
const LOOKS_TOLD = 60;
/** Of the calls may fail for want of processor time; with more the run says nothing of a gateway at work. */
const FAILED_SHARE = 0.1;
/** What transactions, a port's line and the kernel need to let go of the last call. */
const LET_GO_MS = 60_000;

/**
 * `npm run soak`: two calls stand in the router guest over both devices, others of every kind come and go, and the
 * gateway's memory is looked at. Exits with 1 when it is no flat line, when anything is left behind that was not there
 * before the first call, or when more than a few calls failed.
 */
async function main(minutes: number): Promise<number> {
  console.log(machine().join("\n"));
  const world = await RouterWorld.boot(targets["x86-64"]);
  try {
    await world.attachByProgram();
    await world.startGateway();
    await world.allThere();
    return await soak(world, minutes);
  } catch (problem) {
    console.log(world.evidence());
    throw problem;
  } finally {
    await world.close();
  }
}

async function soak(world: RouterWorld, minutes: number): Promise<number> {
  await answerOutside(world, (minutes + 30) * 60);
  // What is made once, at the first call of a kind, is no leftover.
  await new PassingCalls(world, 0).round();
  const before = await leftovers(world);
  const standing = await StandingCalls.start(world, (minutes + 30) * 60);
  const passing = new PassingCalls(world, standing.count);
  const looks = await callsUnderEyes(world, { standing, passing }, minutes);
  await standing.stand();
  await standing.end();
  const after = await sameAs(before, world);
  const verdict = judge(looks);
  console.log(verdict.lines.join("\n"));
  const { good, failed } = passing;
  const stood = `${standing.count} calls stood, made again ${standing.again} times`;
  console.log(`${stood}; ${good} came and went as they should, ${failed.length} failed`);
  const clean = isDeepStrictEqual(before, after);
  console.log(
    clean ? `left behind: nothing (${words(after)})` : `LEFT BEHIND: ${words(before)} became ${words(after)}`,
  );
  const atWork = failed.length + standing.again <= (good + failed.length) * FAILED_SHARE;
  if (!atWork) console.log("TOO MANY CALLS FAILED");
  return verdict.flat && clean && atWork ? 0 : 1;
}

interface Calls {
  readonly standing: StandingCalls;
  readonly passing: PassingCalls;
}

async function callsUnderEyes(
  world: RouterWorld,
  { standing, passing }: Calls,
  minutes: number,
): Promise<readonly Look[]> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 60_000;
  const looks: Look[] = [];
  const calls = (async () => {
    while (elapsed() < minutes) {
      await passing.round();
      await standing.keep();
    }
  })();
  const eyes = (async () => {
    while (elapsed() < minutes) {
      const seen = await look(world, elapsed(), passing.good);
      if (looks.length % LOOKS_TOLD === 0) console.log(told(seen));
      looks.push(seen);
      await setTimeout(LOOK_MS);
    }
  })();
  await Promise.all([calls, eyes]);
  return looks;
}

/** What is left once it is the same as before, or when it should be. */
async function sameAs(before: Leftovers, world: RouterWorld): Promise<Leftovers> {
  const deadline = performance.now() + LET_GO_MS;
  for (;;) {
    const now = await leftovers(world);
    if (isDeepStrictEqual(now, before) || performance.now() > deadline) return now;
    await setTimeout(LOOK_MS);
  }
}

function told({ minutes, calls, ownMB }: Look): string {
  return `  minute ${minutes.toFixed(1)}: ${calls} calls, ${ownMB.toFixed(1)} MB`;
}

function words(left: Leftovers): string {
  return JSON.stringify(left);
}

process.exitCode = await main(Number(process.argv[2]));
