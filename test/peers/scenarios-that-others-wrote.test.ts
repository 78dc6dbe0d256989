import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { House } from "./harness/house.ts";
import { Scratch } from "./harness/scratch.ts";
import { Sipp } from "./harness/sipp.ts";

/** SIPp scenarios of other projects' test suites, read from where they are kept; INDEX.md there tells what each does. */
const folder = join(import.meta.dirname, "../../../shared/vectors/sipp");

/** They call the echo number, which answers at once. */
const callers = [
  "asterisk/basic_calls_incoming_off-nominal_invalid_sdp__uac_missing_deferred_answer.xml",
  "asterisk/handle_options_request__options_200.xml",
  "pjproject/alt-pjsua-uas-static-pt-no-rtpmap.xml",
  "pjproject/uac-183-wrong-codec.xml",
  "pjproject/uac-bad-ack.xml",
  "pjproject/uac-inv-and-ack-without-sdp.xml",
  "pjproject/uac-inv-multiple-require.xml",
  "pjproject/uac-options.xml",
  "sipp/docs_uac.xml",
];

type Until = "callRinging" | "callAnswered" | "callEnded" | "callStarted";

/** They are called by handset 1; the person hangs up after this has happened. */
const called: readonly (readonly [file: string, until: Until, ladder: readonly string[]])[] = [
  [
    "asterisk/basic_calls_outgoing_off-nominal_bob_does_not_answer__receive.xml",
    "callRinging",
    ["< INVITE", "> 100 INVITE", "> 180 INVITE", "< CANCEL", "> 200 CANCEL", "> 487 INVITE", "< ACK"],
  ],
  [
    "asterisk/basic_calls_outgoing_off-nominal_bob_is_busy__receive-ipv4-udp.xml",
    "callEnded",
    ["< INVITE", "> 180 INVITE", "> 486 INVITE", "< ACK"],
  ],
  [
    "asterisk/basic_calls_outgoing_off-nominal_call_canceled__call_cancel_valid_sdp.xml",
    "callStarted",
    ["< INVITE", "> 100 INVITE", "< CANCEL", "> 200 CANCEL", "> 200 INVITE", "< ACK", "< BYE", "> 200 BYE"],
  ],
  ["pjproject/uas-answer-183-without-to-tag.xml", "callRinging", ["< INVITE", "> 183 INVITE"]],
  ["pjproject/uas-early-bye.xml", "callRinging", ["< INVITE", "> 100 INVITE", "> 180 INVITE", "> BYE", "< 200 BYE"]],
  [
    "pjproject/uas-forked-200.xml",
    "callAnswered",
    ["< INVITE", "> 100 INVITE", "> 200 INVITE", "< ACK", "> 200 INVITE", "< ACK", "< BYE", "> 200 BYE"],
  ],
  ["sipp/docs_uas.xml", "callAnswered", ["< INVITE", "> 180 INVITE", "> 200 INVITE", "< ACK", "< BYE", "> 200 BYE"]],
];

const scratch = new Scratch();
let house: House;
before(async () => {
  house = await House.start(scratch);
});
after(() => scratch.close());

for (const file of callers) {
  test(`as the callee of ${file} it does what the scenario expects`, async () => {
    const target = `127.0.0.1:${house.sipPort}`;
    const caller = await Sipp.start(scratch, { scenario: join(folder, file), target, service: "690", seconds: 15 });
    await caller.succeeds();
    await house.isQuiet(40_000);
  });
}

for (const [file, until, ladder] of called) {
  test(`as the caller of ${file} it keeps the order of messages`, async (t) => {
    const own = new Scratch();
    t.after(() => own.close());
    const calling = await House.start(own);
    const scenario = join(folder, file);
    const far = await Sipp.start(own, { scenario, target: null, port: calling.peerPort, seconds: 15 });
    const handset = calling.phone("handset:1");
    await handset.dial("702");
    await calling.fact(until);
    if (until === "callStarted") await far.received("INVITE", 2000);
    await handset.hangUp();
    await far.succeeds();
    assert.deepEqual(far.ladder().slice(0, ladder.length), ladder);
    await calling.isQuiet();
  });
}
