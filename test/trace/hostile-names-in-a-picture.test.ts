import assert from "node:assert/strict";
import { test } from "node:test";
import { svgOf } from "../../src/trace/svg.ts";
import { textOf } from "../../src/trace/text.ts";
import { line, World } from "../logic/world.ts";
import { ladder } from "./journal-of.ts";
import { readXml } from "./xml.ts";

const hostile = [
  `</text><script>alert(1)</script>`,
  `" onload="alert(1)`,
  `&lt;script&gt; &amp; &#x3c;`,
  "\u001b]0;owned\u0007\u001b[2J",
  "\u202egnirts \ud800 \uffff \u0000",
  "<![CDATA[ ]]><!-- -->",
  "x".repeat(5000),
];

const allowed = new Set(["svg", "title", "rect", "text", "path", "circle", "g", "desc"]);
const harmlessAttributes =
  /^(xmlns|width|height|viewBox|font-family|font-size|x|y|cx|cy|r|d|fill|stroke|text-anchor|role|id|aria-labelledby|stroke-width|stroke-dasharray)$/;

test("names, numbers and reasons from outside are text in the SVG and in the terminal, whatever they are", async (t) => {
  for (const name of hostile) {
    const world = new World();
    const leg = world.invite(name, name);
    world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
    world.dial("port:1", "701");
    const { leg: out } = world.invited();
    world.post({ world: "sip", kind: "refused", line, leg: out, status: 486, reason: name });
    for (const call of ["call:1", "call:2"] as const) {
      const made = await ladder(t, world, call);
      const { elements, text } = readXml(svgOf(made));
      for (const { name: element, attributes } of elements) {
        assert.ok(allowed.has(element), element);
        for (const key of attributes.keys()) assert.match(key, harmlessAttributes);
      }
      assert.match(text, /INVITE/);
      assert.doesNotMatch(textOf(made, 80).replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}]/u);
    }
  }
});

test("a harmless name comes through unchanged, also where XML needs it escaped", async (t) => {
  const world = new World();
  world.invite("611", "a&b<c>'d'");
  const made = await ladder(t, world);
  assert.ok(readXml(svgOf(made)).text.includes("a&b<c>'d'"));
});
