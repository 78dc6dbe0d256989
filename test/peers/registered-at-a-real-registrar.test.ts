import assert from "node:assert/strict";
import { test } from "node:test";
import { Baresip } from "./harness/baresip.ts";
import { Kamailio } from "./harness/kamailio.ts";
import { Scratch } from "./harness/scratch.ts";
import { sine } from "./harness/signal.ts";
import { assertTalk, everybodyHums, LEVEL_DBM0, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

function account(kamailio: Kamailio, password: string): string {
  return `
[[line]]
name = "office"
mode = "register"
user = "house"
registrar = "${kamailio.address}"
password = "${password}"
expires_s = 60

[[incoming]]
line = "office"
ring = ["port:1"]

[[outgoing]]
pattern = "8xx"
line = "office"
`;
}

test("an account registers by digest, refreshes, and takes and makes calls through its registrar", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const kamailio = await Kamailio.start(scratch, { password: "open sesame", maxExpiresSeconds: 6 });
  const world = await World.open(t, { extra: account(kamailio, "open sesame") });
  const { house } = world;
  await kamailio.registered("house", 1, 5000);
  await house.fact("lineChanged", 3000, 0, (fact) => fact.line === "line:office" && fact.state === "registered");

  const says = sine(notes.softphone, LEVEL_DBM0, 60_000);
  const parameters = `;auth_user=800;auth_pass="open sesame";regint=60;outbound="sip:${kamailio.address}"`;
  const carol = await Baresip.start(scratch, {
    user: "800",
    says,
    answer: "auto",
    domain: kamailio.address,
    account: parameters,
  });
  await kamailio.registered("800", 1, 5000);

  carol.dial(`sip:house@${kamailio.address}`);
  const port = house.phone("port:1");
  await port.rings();
  await port.lift();
  await carol.until("CALL_ESTABLISHED");
  const [inside, outside] = await everybodyHums({ phones: [port], softphones: [carol] });
  assert.ok(inside !== undefined && outside !== undefined);
  const [own, hers] = [notes["port:1"], notes.softphone];
  assertTalk({ who: "port:1", sound: inside, note: own }, { who: "Carol", sound: outside, note: hers });
  await port.hangUp();
  await carol.until("CALL_CLOSED");

  const since = carol.events.length;
  await house.phone("handset:1").dial("800");
  await carol.until("CALL_ESTABLISHED", 5000, since);
  await carol.hasHeard(500);
  await house.phone("handset:1").hangUp();
  await carol.until("CALL_CLOSED", 2000, since);

  await kamailio.registered("house", 2, 10_000);
  await house.isQuiet();
});

test("a wrong password is not tried for ever, and the line says why it failed, without the password", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const kamailio = await Kamailio.start(scratch, { password: "open sesame", maxExpiresSeconds: 60 });
  const { house } = await World.open(t, { extra: account(kamailio, "guessed secret") });
  const failed = await house.fact(
    "lineChanged",
    5000,
    0,
    (fact) => fact.line === "line:office" && fact.state === "failed",
  );
  assert.match(failed.detail, /40[13]/);
  const told = JSON.stringify([await house.status(), house.door.facts]) + house.program.output;
  assert.ok(!told.includes("guessed secret"), "the password was told");
});
