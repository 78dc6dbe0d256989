import { test as once, type TestContext } from "node:test";
import type { EdgeChoice } from "../../src/voice/contract.ts";
import { openLibc } from "../../src/voice/libc.ts";

/** Where koffi is missing there is one edge to test; `the-edge-that-was-asked-for.test.ts` says how that is told. */
const works = await openLibc().then(
  () => true,
  () => false,
);
export const edges: readonly EdgeChoice[] = works ? ["batched", "dgram"] : ["dgram"];

const chosen = new WeakMap<TestContext, EdgeChoice>();

/** Which edge the test is to use that runs with this context. */
export function edgeOf(context: TestContext): EdgeChoice {
  return chosen.get(context) ?? "auto";
}

/** A test of `node:test` that is done once on each edge there is; `VoiceHouse.open` knows which. */
export function test(
  name: string,
  options: { readonly timeout: number },
  body: (context: TestContext) => Promise<void>,
): void {
  for (const edge of edges)
    once(`${name} (${edge})`, options, (context) => {
      chosen.set(context, edge);
      return body(context);
    });
}
