import assert from "node:assert/strict";
import { test } from "node:test";
import { ms, seconds } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { ClientTransactions } from "../../../src/vendor/sip/transaction/client.ts";
import { ServerTransactions } from "../../../src/vendor/sip/transaction/server.ts";

const destination = { address: "192.0.2.1", port: 5060 };

/** A client machine that writes down what it sends, and when. */
function client() {
  const clock = new VirtualClock();
  const log: string[] = [];
  const machine = new ClientTransactions<null>(clock, {
    send: (text) => log.push(`${clock.now()} ${text}`),
    timedOut: ({ method }) => log.push(`${clock.now()} timed out ${method}`),
    ended: () => log.push(`${clock.now()} ended`),
  });
  const start = (method: string) => machine.start({ branch: "b", method, text: method, destination, owner: null });
  return { clock, log, machine, start };
}

test("Timer A doubles from T1 until Timer B ends it at 64 T1", () => {
  const { clock, log, start } = client();
  start("INVITE");
  clock.advance(seconds(60));
  assert.deepEqual(log, [
    ...[0, 500, 1500, 3500, 7500, 15_500, 31_500].map((at) => `${at} INVITE`),
    "32000 timed out INVITE",
    "32000 ended",
  ]);
  assert.equal(clock.pending, 0);
});

test("Timer E doubles up to T2 until Timer F ends it", () => {
  const { clock, log, start } = client();
  start("BYE");
  clock.advance(seconds(60));
  const sent = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
  assert.deepEqual(log, [...sent.map((at) => `${at} BYE`), "32000 timed out BYE", "32000 ended"]);
});

test("a provisional stops an INVITE's repeats for good and slows another request's to T2", () => {
  const invite = client();
  invite.start("INVITE");
  assert.equal(invite.machine.receive("b", "INVITE", 100), "pass");
  invite.clock.advance(seconds(600));
  assert.deepEqual(invite.log, ["0 INVITE"]);
  const info = client();
  info.start("INFO");
  info.machine.receive("b", "INFO", 100);
  info.clock.advance(seconds(9));
  assert.deepEqual(info.log, ["0 INFO", "500 INFO", "4500 INFO", "8500 INFO"]);
});

test("Timer D absorbs repeated finals with the same ACK for 32 s", () => {
  const { clock, log, machine, start } = client();
  start("INVITE");
  assert.equal(machine.receive("b", "INVITE", 486), "pass");
  machine.acknowledge("b", "ACK");
  clock.advance(ms(700));
  assert.equal(machine.receive("b", "INVITE", 486), "absorbed");
  clock.advance(seconds(31));
  assert.equal(machine.receive("b", "INVITE", 486), "absorbed");
  clock.advance(seconds(1));
  assert.equal(machine.receive("b", "INVITE", 486), "unknown");
  assert.deepEqual(log, ["0 INVITE", "0 ACK", "700 ACK", "31700 ACK", "32000 ended"]);
});

test("every 2xx passes for 32 s, since each may be another branch of a fork; a late 4xx does not", () => {
  const { clock, machine, start } = client();
  start("INVITE");
  for (let times = 0; times < 3; times++) assert.equal(machine.receive("b", "INVITE", 200), "pass");
  assert.equal(machine.receive("b", "INVITE", 486), "absorbed");
  clock.advance(seconds(33));
  assert.equal(machine.receive("b", "INVITE", 200), "unknown");
});

test("Timer K absorbs repeats of another request's final for T4", () => {
  const { clock, machine, start } = client();
  start("BYE");
  assert.equal(machine.receive("b", "BYE", 200), "pass");
  assert.equal(machine.receive("b", "BYE", 200), "absorbed");
  clock.advance(seconds(5));
  assert.equal(machine.receive("b", "BYE", 200), "unknown");
});

test("an INVITE and its CANCEL share the branch and are told apart by method", () => {
  const { machine, start } = client();
  start("INVITE");
  start("CANCEL");
  assert.equal(machine.receive("b", "CANCEL", 200), "pass");
  assert.equal(machine.receive("b", "INVITE", 487), "pass");
});

test("a cancelled INVITE without a final is over 64 T1 later, one with a final is left alone", () => {
  const silent = client();
  silent.start("INVITE");
  silent.machine.receive("b", "INVITE", 180);
  silent.clock.advance(seconds(100));
  silent.machine.cancelled("b");
  silent.clock.advance(seconds(32));
  assert.deepEqual(silent.log, ["0 INVITE", "132000 timed out INVITE", "132000 ended"]);
  const answered = client();
  answered.start("INVITE");
  answered.machine.receive("b", "INVITE", 180);
  answered.machine.cancelled("b");
  answered.machine.receive("b", "INVITE", 487);
  answered.clock.advance(seconds(100));
  assert.deepEqual(answered.log, ["0 INVITE", "32000 ended"]);
});

function server(method: string) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const machine = new ServerTransactions<null>(clock, {
    send: (text) => log.push(`${clock.now()} ${text}`),
    ended: () => log.push(`${clock.now()} ended`),
  });
  const request = { key: "k", method, mergeKey: "m", destination, owner: null };
  const arrival = machine.receive(request);
  assert.equal(arrival.kind, "fresh");
  return { clock, log, machine, request };
}

test("a repeated INVITE gets the last provisional again, or nothing when there was none", () => {
  const { log, machine } = server("INVITE");
  assert.equal(machine.repeated("k"), true);
  machine.respond(1, 100, "100");
  machine.respond(1, 180, "180");
  machine.repeated("k");
  assert.deepEqual(log, ["0 100", "0 180", "0 180"]);
});

test("Timer G repeats a refusal up to T2 until Timer H", () => {
  const { clock, log, machine } = server("INVITE");
  machine.respond(1, 486, "486");
  clock.advance(seconds(40));
  const sent = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
  assert.deepEqual(log, [...sent.map((at) => `${at} 486`), "32000 ended"]);
});

test("the ACK ends the repeats, and more ACKs are absorbed for T4", () => {
  const { clock, log, machine } = server("INVITE");
  assert.equal(machine.acknowledge("k"), false, "there is nothing to acknowledge yet");
  machine.respond(1, 486, "486");
  assert.equal(machine.acknowledge("k"), true);
  assert.equal(machine.acknowledge("k"), true);
  machine.repeated("k");
  clock.advance(seconds(10));
  assert.deepEqual(log, ["0 486", "5000 ended"]);
  assert.equal(machine.acknowledge("k"), false);
});

test("a 2xx is not repeated here and its INVITE is absorbed for 32 s", () => {
  const { clock, log, machine } = server("INVITE");
  machine.respond(1, 200, "200");
  assert.equal(machine.repeated("k"), true);
  assert.equal(machine.acknowledge("k"), false, "the ACK to a 2xx belongs to the dialog");
  machine.respond(1, 200, "200");
  clock.advance(seconds(33));
  assert.deepEqual(log, ["0 200", "0 200", "32000 ended"]);
  assert.equal(machine.repeated("k"), false);
});

test("Timer J answers a repeated request from the cache for 32 s", () => {
  const { clock, log, machine } = server("BYE");
  machine.respond(1, 200, "200");
  machine.respond(1, 500, "500");
  clock.advance(seconds(31));
  assert.equal(machine.repeated("k"), true);
  clock.advance(seconds(1));
  assert.equal(machine.repeated("k"), false);
  assert.deepEqual(log, ["0 200", "31000 200", "32000 ended"]);
  assert.equal(clock.pending, 0);
});

test("the same request by another way is merged; the map is bounded", () => {
  const { machine, request } = server("INVITE");
  assert.equal(machine.receive({ ...request, key: "other way" }).kind, "merged");
  let full = false;
  for (let count = 0; count < 20_000 && !full; count++)
    full = machine.receive({ ...request, key: `k${count}`, mergeKey: `m${count}` }).kind === "full";
  assert.equal(full, true);
  machine.close();
  assert.equal(machine.size, 0);
});
