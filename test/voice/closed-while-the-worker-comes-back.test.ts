import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Event } from "../../src/message/event.ts";
import { type Clock, systemClock } from "../../src/vendor/clock/clock.ts";
import { type RunningVoice, startVoice } from "../../src/voice/voice.ts";

const timeout = 20_000;
const options = {
  address: "127.0.0.1",
  firstPort: 41_910,
  lastPort: 41_913,
  streams: 2,
  usbChannels: 2,
  jitterMs: 40,
  rtpTimeoutMs: 60_000,
  edge: "dgram",
} as const;
/** When a worker that died is started again, and when one that does not stop is ended, ms. */
const [restart, hurry] = [200, 1000];

/**
 * A voice path that is closed in the very moment in which its worker is started again. A worker that does not stop is
 * ended at once, or never. Resolves when it is closed, with what was told.
 */
async function closedInTheMiddle(t: TestContext, whoIsLate: "ended" | "waited for"): Promise<string[]> {
  const events: Event[] = [];
  let voice: RunningVoice | null = null;
  const closed = new Promise<void>((resolve, reject) => {
    const clock: Clock = {
      now: () => systemClock.now(),
      after(delay, run) {
        if (delay === hurry && events.some(({ kind }) => kind === "lost")) {
          if (whoIsLate === "ended") setImmediate(run);
          return () => {};
        }
        return systemClock.after(delay, () => {
          run();
          if (delay === restart) voice?.close().then(resolve, reject);
        });
      },
    };
    void startVoice(options, (event) => events.push(event), clock).then((running) => {
      voice = running;
      t.after(() => running.close());
      running.abortWorker();
    }, reject);
  });
  await closed;
  return events.map(({ kind }) => kind);
}

test("closed while a worker that died is being started again, it stops that one, and nobody is told that it is ready", {
  timeout,
}, async (t) => {
  assert.deepEqual(await closedInTheMiddle(t, "waited for"), ["ready", "lost"]);
});

test("nor does it wait for a thread that is ended before it has begun", { timeout }, async (t) => {
  assert.deepEqual(await closedInTheMiddle(t, "ended"), ["ready", "lost"]);
});
