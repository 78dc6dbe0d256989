import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Scratch } from "../test/peers/harness/scratch.ts";
import { Sipp } from "../test/peers/harness/sipp.ts";
import { check, median } from "./figures.ts";
import { machine } from "./machine.ts";
import { ForwardedCalls } from "./size/forwarded-calls.ts";
import { type Resident, resident } from "./size/resident.ts";
import { RouterGateway, unitEnvironment } from "./size/router-gateway.ts";

/**
 * `npm run soak [-- MINUTES]`: four calls stand and others come and go, while the gateway's memory is looked at every
 * few seconds. Prints its slope, and exits with 1 when it is no flat line.
 */
const LOOK_MS = 5000;
const STANDING = 4;
/** Short calls that come and go beside them, each a second long. */
const CALLS_PER_SECOND = 2;
/** Compilers and heap find their size in this share of the time, and it counts as warming up. */
const WARM_UP = 0.3;
/** What the garbage collector's breath may look like over the time, octets; more is a leak. */
const BREATH = 3e6;

interface Look {
  readonly minutes: number;
  readonly size: Resident;
}

async function main(minutes: number): Promise<number> {
  console.log(machine().join("\n"));
  const scratch = new Scratch();
  try {
    const gateway = await RouterGateway.start(scratch, { emulate: false, env: unitEnvironment });
    const standing = await ForwardedCalls.start(scratch, gateway, STANDING, "PCMU");
    const passing = await passingCalls(scratch, gateway, minutes);
    const looks = await lookOn(gateway.program.pid, minutes);
    await passing.succeeds(60_000);
    await standing.verify();
    return report(looks, gateway.door.facts.filter(({ fact }) => fact.kind === "callEnded").length);
  } finally {
    await scratch.close();
  }
}

function passingCalls(scratch: Scratch, gateway: RouterGateway, minutes: number): Promise<Sipp> {
  return Sipp.start(scratch, {
    scenario: join(import.meta.dirname, "talking-uac.xml"),
    target: `127.0.0.1:${gateway.sipPort}`,
    service: "690",
    calls: Math.round(minutes * 60 * CALLS_PER_SECOND),
    seconds: minutes * 60 + 60,
    args: ["-r", `${CALLS_PER_SECOND}`, "-d", "1000", "-nr"],
    files: { "voice.ul": Buffer.alloc(16_000, 0xff) },
  });
}

async function lookOn(pid: number, minutes: number): Promise<readonly Look[]> {
  const began = performance.now();
  const looks: Look[] = [];
  for (let at = 0; at < minutes; at = (performance.now() - began) / 60_000) {
    looks.push({ minutes: at, size: resident(pid) });
    await setTimeout(LOOK_MS);
  }
  return looks;
}

function report(looks: readonly Look[], calls: number): number {
  const warm = looks.slice(Math.floor(looks.length * WARM_UP));
  check(warm.length >= 10, "too short to tell a slope: give it at least two minutes");
  const own = warm.map(({ size }) => size.anonymous);
  const perMinute = slope(warm.map((look) => ({ x: look.minutes, y: look.size.anonymous })));
  const grown = perMinute * ((warm.at(-1)?.minutes ?? 0) - (warm[0]?.minutes ?? 0));
  const megabytes = (octets: number): string => (octets / 1e6).toFixed(1);
  console.log(`\n${calls} calls came and went beside ${STANDING} that stood`);
  console.log(
    `own pages ${megabytes(Math.min(...own))} … ${megabytes(Math.max(...own))} MB, median ${megabytes(median(own))}`,
  );
  console.log(`slope ${(perMinute / 1000).toFixed(1)} kB a minute: ${megabytes(grown)} MB over the time that counts`);
  const flat = grown < BREATH;
  console.log(flat ? "a flat line" : "NOT FLAT");
  return flat ? 0 : 1;
}

/** Of the straight line with the least squares. */
function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (key: "x" | "y"): number => points.reduce((sum, point) => sum + point[key], 0) / points.length;
  const [x0, y0] = [mean("x"), mean("y")];
  const over = points.reduce((sum, { x, y }) => sum + (x - x0) * (y - y0), 0);
  return over / points.reduce((sum, { x }) => sum + (x - x0) ** 2, 0);
}

const minutes = Number(process.argv[2] ?? 60);
if (!(minutes > 0)) {
  console.error("write: npm run soak -- [MINUTES]");
  process.exitCode = 2;
} else process.exitCode = await main(minutes);
