import assert from "node:assert/strict";
import { test } from "node:test";
import { freePorts } from "../harness/free-ports.ts";
import { Scratch } from "../harness/scratch.ts";
import { account, media, RealHouse } from "./real-house.ts";
import { startRegistrar } from "./registrar.ts";

for (const algorithm of ["MD5", "SHA-256"] as const)
  test(`two accounts register at Kamailio with ${algorithm}, refresh, and call each other through it`, async (t) => {
    const scratch = new Scratch();
    t.after(() => scratch.close());
    const registrar = await startRegistrar(scratch, algorithm);
    const server = { host: "127.0.0.1", port: registrar.port };
    const houses: RealHouse[] = [];
    for (const user of ["anna", "bert"]) {
      const its = account({
        mode: "register",
        user,
        authUser: user,
        password: "open sesame",
        domain: "house.test",
        server,
      });
      const house = await RealHouse.start(await freePorts(1), its);
      scratch.atEnd(() => house.close());
      houses.push(house);
    }
    const [anna, bert] = houses;
    assert.ok(anna !== undefined && bert !== undefined);
    assert.equal((await anna.event("registered")).expiresSeconds, 8, "the registrar grants less than was asked");
    await bert.event("registered");

    bert.answersAll();
    anna.call("sip:out-1", "bert");
    await anna.event("answered");
    const invited = await bert.event("invited");
    assert.deepEqual([invited.dialled, invited.from.number], ["bert", "anna"]);
    await bert.event("confirmed");
    anna.do({ kind: "reoffer", leg: "sip:out-1", media: { ...media, direction: "sendonly" } });
    bert.do({ kind: "acceptReoffer", leg: (await bert.event("reoffered")).leg, media });
    await anna.event("reanswered");
    bert.do({ kind: "sendDigit", leg: invited.leg, digit: "7", durationMs: 120 });
    assert.equal((await anna.event("digit")).digit, "7");
    anna.do({ kind: "release", leg: "sip:out-1", cause: "normal" });
    await bert.event("ended");

    await registrar.program.says(/(?:REGISTERED anna [\s\S]*?){2}/, 12_000);
    await anna.close();
    assert.equal(anna.events.at(-1)?.kind, "unregistered");
    assert.deepEqual([...anna.reports, ...bert.reports], []);
  });

test("a wrong password is told with the registrar's status", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const registrar = await startRegistrar(scratch, "MD5");
  const server = { host: "127.0.0.1", port: registrar.port };
  const its = account({
    mode: "register",
    user: "anna",
    authUser: "anna",
    password: "guess",
    domain: "house.test",
    server,
  });
  const house = await RealHouse.start(await freePorts(1), its);
  scratch.atEnd(() => house.close());
  const failed = await house.event("registrationFailed");
  assert.deepEqual([failed.status, failed.server], [401, `127.0.0.1:${registrar.port}`]);
  assert.equal(JSON.stringify([house.events, house.reports]).includes("guess"), false);
});
