import assert from "node:assert/strict";
import { test } from "node:test";
import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";

/** Two names for one place, when both are not meant to be. */
function shared(places: readonly (readonly [string, number])[]): string[] {
  return places.filter(([, at], n) => places.findIndex(([, other]) => other === at) !== n).map(([name]) => name);
}

test("no two words of the header lie in one place", () => {
  const places = Object.entries(layout).filter(([name]) => /^HEADER_(?!OFFSET|SIZE)/.test(name));
  assert.ok(places.length > 12);
  assert.deepEqual(shared(places), []);
  const behind = layout.HEADER_CODECS + layout.MAX_PLUGINS * layout.CODEC_STRIDE;
  for (const [name, at] of places) {
    assert.ok(
      name === "HEADER_CODECS" || at < layout.HEADER_CODECS || at >= behind,
      `${name} is in the table of codecs`,
    );
    assert.ok(at < layout.HEADER_SIZE, `${name} is behind the header`);
  }
});

test("no two words of an endpoint's block lie in one place, and each lies within its part", () => {
  const { STATE_OFFSET, STATE_SIZE, CONTROL_SIZE, FRAME_OCTETS } = words;
  const all: readonly (readonly [string, number])[] = Object.entries(words);
  const state = all.filter(([name, at]) => at >= STATE_OFFSET && at < FRAME_OCTETS && !/_(OFFSET|SIZE)$/.test(name));
  const control = all.filter(([name]) => /^CONTROL_(?!SIZE)/.test(name));
  assert.ok(state.length > 70 && control.length > 12);
  assert.deepEqual(shared(state.filter(([name]) => name !== "MAX_MESSAGE")), []);
  assert.deepEqual(shared(control), []);
  for (const [name, at] of state) assert.ok(at < STATE_OFFSET + STATE_SIZE || name === "MAX_MESSAGE", name);
  for (const [name, at] of control) assert.ok(at < CONTROL_SIZE, name);
  assert.ok(CONTROL_SIZE <= STATE_OFFSET && STATE_OFFSET + STATE_SIZE <= FRAME_OCTETS);
});
