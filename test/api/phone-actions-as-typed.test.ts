import assert from "node:assert/strict";
import { test } from "node:test";
import { readPhoneAction } from "../../src/api/phone-action.ts";
import { Refusal } from "../../src/api/refusal.ts";
import type { PhoneAction } from "../../src/emulator/contract.ts";

test("every action of a person has its words", () => {
  const table: readonly (readonly [typed: string, action: PhoneAction])[] = [
    ["offhook", { kind: "offhook" }],
    ["onhook", { kind: "onhook" }],
    ["press 123", { kind: "press", keys: "123" }],
    ["press 1 2 r *", { kind: "press", keys: "12R*" }],
    ["dial 700", { kind: "dial", number: "700" }],
    ["flash", { kind: "flash" }],
    ["say /tmp/a.wav", { kind: "say", file: "/tmp/a.wav" }],
    ["record /tmp/b.wav", { kind: "record", file: "/tmp/b.wav" }],
    ["stop-recording", { kind: "stopRecording" }],
    ["hum 440", { kind: "hum", frequencyHz: 440, levelDbm0: -10, ms: null }],
    ["hum 440.5 -16.25 1000", { kind: "hum", frequencyHz: 440.5, levelDbm0: -16.25, ms: 1000 }],
    ["hush", { kind: "hush" }],
    ["away", { kind: "away" }],
    ["back", { kind: "back" }],
    ["alert-after 2000", { kind: "alertAfter", ms: 2000 }],
    ["busy on", { kind: "busy", on: true }],
    ["busy off", { kind: "busy", on: false }],
    ["display", { kind: "display" }],
  ];
  for (const [typed, action] of table) assert.deepEqual(readPhoneAction(typed.split(" ")), action, typed);
});

test("what makes no sense is wrong usage, and the right words are said", () => {
  const wrong: readonly (readonly [typed: string, says: RegExp])[] = [
    ["lift", /there is no action "lift" — one of offhook, onhook/],
    ["constructor", /there is no action/],
    ["offhook now", /write: offhook {2}\(lifts/],
    ["press", /write: press KEYS/],
    ["press 12x", /press 12x — write: press KEYS/],
    ["hum", /write: hum HZ/],
    ["hum 5000", /write: hum HZ/],
    ["hum 440 -10 1e9", /write: hum HZ/],
    ["say", /write: say FILE.wav/],
    ["say a b", /write: say FILE.wav/],
    ["busy maybe", /write: busy on\|off/],
    ["alert-after soon", /write: alert-after MS/],
  ];
  for (const [typed, says] of wrong)
    assert.throws(
      () => readPhoneAction(typed.split(" ")),
      (error: unknown) => error instanceof Refusal && error.code === "usage" && says.test(error.message),
      typed,
    );
});
