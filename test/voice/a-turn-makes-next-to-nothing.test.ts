import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { edges } from "./each-edge.ts";
import type { Turns } from "./turns.ts";

const STREAMS = 8;
/** By then V8 has compiled what runs every turn. */
const WARM = 3000;
const COUNTED = 600;
/** Octets a turn. node:dgram makes a request, a buffer and an address for each of the sixteen packets. */
const most = { batched: { usually: 400, onAverage: 1000 }, dgram: { usually: 6200, onAverage: 7200 } };

for (const edge of edges)
  test(`a turn of ${STREAMS} streams that send and receive allocates next to nothing of its own (${edge})`, async () => {
    const script = [join(import.meta.dirname, "turns.ts"), edge, ...[STREAMS, WARM, COUNTED].map(String)];
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", ...script]);
    const { octets, received, givenBack } = JSON.parse(stdout) as Turns; // What the script prints.
    assert.ok(received > STREAMS * (WARM + COUNTED - 50), `${received} packets`);
    assert.equal(givenBack, 1, "times pages are given back in 72 seconds");
    const usual = [...octets].sort((a, b) => a - b)[octets.length >> 1] ?? Number.NaN;
    const mean = octets.reduce((sum, one) => sum + one, 0) / octets.length;
    const { usually, onAverage } = edge === "batched" ? most.batched : most.dgram;
    assert.ok(usual <= usually, `usually ${usual} octets a turn`);
    assert.ok(mean <= onAverage, `${mean} octets a turn on average, reports included`);
  });
