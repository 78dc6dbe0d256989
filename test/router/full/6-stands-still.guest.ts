import assert from "node:assert/strict";
import { test } from "node:test";
import { router } from "./world.ts";

/** Silence that is allowed, s: a handler may be slow on an emulated processor. */
const WITHIN = 15;

test("under the supervisor and busybox's shell, as its own user, a gateway that stands still is killed and started again", async (t) => {
  const world = await router();
  const { guest } = world;
  await world.stopGateway();
  await guest.run("chown -R offhook:offhook /data");
  const gateway = "/usr/bin/offhook start --config /tmp/router.toml --data /data --json";
  let before = guest.log.length;
  const supervisor = await guest.start(
    `sh -c "ulimit -e 35; exec su offhook -s /bin/sh -c 'exec /usr/lib/offhook/supervise.sh ${WITHIN} ${gateway}'"`,
  );
  t.after(() => guest.run(`kill ${supervisor}; while [ -d /proc/${supervisor} ]; do usleep 100000; done`));
  await guest.says(/"ready":true/, 60_000, before);
  assert.match(await guest.run("stat -c %U /proc/$(pidof node)"), /^offhook$/m);
  // proc(5): field 19. What the service units allow is enough for the voice thread to go before everybody else.
  assert.match(await guest.run("cut -d ' ' -f 19 /proc/$(pidof node)/task/*/stat"), /^-15$/m);
  before = guest.log.length;
  await guest.run("kill -STOP $(pidof node)");
  await guest.says(/no event has passed for 15 s, with "-" in hand; it is stopped: killed/, 60_000, before);
  await guest.says(/ended with 137, is started again in 1 s[\s\S]*"ready":true/, 60_000, before);
});
