import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../../src/message/event.ts";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { cgroupRoom, cgroupsOf } from "../../../src/vendor/memory/cgroup.ts";
import { watchMemory } from "../../../src/vendor/memory/memory-watch.ts";
import { roomOf } from "../../../src/vendor/memory/room.ts";

const MB = 1e6;

test("a gateway whose memory shrinks says tight once, and easy only when there is room to spare", async () => {
  const clock = new VirtualClock(1000);
  const states: string[] = [];
  const rooms = [50, 17, 15.9, 7, 17, 23.9, 24, 17, null, 3, 50].map((room) => (room === null ? null : room * MB));
  const post = (event: Event): void => {
    if (event.world === "admin" && event.kind === "memory") states.push(`${event.state} at ${event.at}`);
  };
  let looks = 0;
  const watch = watchMemory({ clock, post, room: async () => rooms[looks++] ?? null });
  while (looks < rooms.length) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(ms(1000));
  }
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(states, ["tight at 3000", "easy at 7000", "tight at 10000", "easy at 11000"]);
  watch.close();
  assert.equal(clock.pending, 0);
});

test("a room that can not be told counts as none, and looking goes on", async () => {
  const clock = new VirtualClock();
  const events: Event[] = [];
  const rooms = [Promise.reject(new Error("no such file")), Promise.resolve(MB)];
  let looks = 0;
  const room = () => rooms[looks++] ?? Promise.resolve(null);
  const watch = watchMemory({ clock, post: (event) => events.push(event), room });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(events, []);
  clock.advance(ms(1000));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(events.length, 1);
  watch.close();
});

test("the control groups of a process are its own and all it is in, in both versions", () => {
  const version1 = "9:name=systemd:/\n4:cpu,memory:/router/offhook\n0::/\n";
  assert.deepEqual(
    cgroupsOf(version1)
      .filter(({ limit }) => limit === "memory.limit_in_bytes")
      .map(({ folder }) => folder),
    ["/sys/fs/cgroup/memory/router/offhook", "/sys/fs/cgroup/memory/router", "/sys/fs/cgroup/memory"],
  );
  const version2 = cgroupsOf("0::/system.slice/offhook.service\n");
  assert.deepEqual(
    version2.map(({ folder, limit }) => `${folder}/${limit}`),
    [
      "/sys/fs/cgroup/system.slice/offhook.service/memory.max",
      "/sys/fs/cgroup/system.slice/memory.max",
      "/sys/fs/cgroup/memory.max",
    ],
  );
  assert.deepEqual(cgroupsOf("nonsense\n4:memory\n"), []);
});

test("room in a group is its limit less what is used, but for file pages nobody has used lately", () => {
  const [one] = cgroupsOf("4:memory:/a");
  const [two] = cgroupsOf("0::/a");
  assert.ok(one !== undefined && two !== undefined);
  const used = { limit: "100000000\n", usage: "70000000\n" };
  assert.equal(cgroupRoom(one, { ...used, stat: "inactive_file 5\ntotal_inactive_file 10000000\n" }), 40 * MB);
  assert.equal(cgroupRoom(two, { ...used, stat: "file 1\ninactive_file 10000000\n" }), 40 * MB);
  assert.equal(cgroupRoom(two, { ...used, stat: "" }), 30 * MB);
  assert.equal(cgroupRoom(two, { limit: "max\n", usage: "70000000\n", stat: "" }), null);
  assert.equal(cgroupRoom(one, { limit: "9223372036854771712\n", usage: "7\n", stat: "" }), null);
  assert.equal(cgroupRoom(two, { limit: "", usage: "", stat: "" }), null);
});

test("a limit of its own bounds the process by what it has", async () => {
  const room = await roomOf(1 * MB);
  const left = await room();
  assert.ok(left !== null && left < 0);
});
