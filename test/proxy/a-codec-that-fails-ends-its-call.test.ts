import assert from "node:assert/strict";
import { test } from "node:test";
import { line, media, World } from "../logic/world.ts";

const reason = "codec T failed: decode trapped: unreachable";

for (const direction of ["sendrecv", "sendonly"] as const)
  test(`a call whose codec fails ends with a cause of its own, and why is told (${direction})`, () => {
    const world = new World();
    world.dial("port:1", "700");
    const { leg } = world.invited();
    world.post({ world: "sip", kind: "answered", line, leg, media });
    if (direction === "sendonly")
      world.post({ world: "sip", kind: "reoffered", line, leg, media: { ...media, direction } });
    const from = world.commands.length;
    world.post({ world: "voice", kind: "endpointFailed", endpoint: "rtp:0", reason, codec: true });
    const facts = world.commands.slice(from).flatMap((c) => (c.world === "notify" ? [c.fact] : []));
    assert.deepEqual(facts[0], { kind: "endpointFailed", endpoint: "rtp:0", reason });
    const end = facts.find(({ kind }) => kind === "callEnded");
    assert.equal(end?.kind === "callEnded" && end.cause, "internalError");
  });
