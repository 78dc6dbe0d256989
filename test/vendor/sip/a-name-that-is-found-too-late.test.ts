import assert from "node:assert/strict";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { startSip } from "../../../src/vendor/sip/sip.ts";

type Found = (error: Error | null, address: string) => void;

test("a registrar's name that is found when the gateway has stopped sends nothing, and throws nothing", async (t) => {
  const waiting: Found[] = [];
  const { lookup } = dns;
  // Sockets ask, too, for the address that they are bound to.
  t.mock.method(dns, "lookup", (host: string, ...rest: unknown[]) => {
    if (host === "registrar.example") waiting.push(rest.at(-1) as Found);
    else Reflect.apply(lookup, dns, [host, ...rest]);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const clock = new VirtualClock(1000);
  const account = {
    line: "line:office",
    mode: "register",
    user: "100",
    authUser: "100",
    password: "",
    displayName: "",
    domain: "example.com",
    server: { host: "registrar.example", port: 5060 },
    expiresSeconds: 600,
  } as const;
  const options = {
    listen: { address: "127.0.0.1", port: 0 },
    mediaAddress: null,
    userAgent: "Offhook",
    accounts: [account],
  };
  const reports: string[] = [];
  const report = (peer: string, problem: string): void => void reports.push(`${peer} ${problem}`);
  const sip = await startSip(
    options,
    () => {},
    clock,
    () => 0,
    report,
  );
  const closed = sip.close();
  clock.advance(ms(2000));
  await closed;
  assert.equal(waiting.length, 1, "its name was asked for");
  for (const found of waiting) found(null, "127.0.0.1");
  assert.deepEqual(reports, []);
  assert.equal(sip.figures().clientTransactions, 0);
  assert.equal(clock.pending, 0);
});
