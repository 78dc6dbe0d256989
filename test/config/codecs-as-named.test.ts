import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../src/config/read-config.ts";
import { faultsOf } from "./faults-of.ts";

const line = '[[line]]\nname = "a"\nuser = "a"\nregistrar = "a.example"\n';

test("a line speaks a codec that the configuration names, by its name and clock rate", () => {
  const { house, voice, sip } = readConfig(
    `${line}codecs = ["dvi4", "PCMA"]\n[[codec]]\nname = "DVI4"\nfile = "/etc/dvi4.wasm"\n`,
  );
  assert.deepEqual(house.lines[0]?.codecs, ["codec:DVI4/8000", "PCMA"]);
  assert.deepEqual(voice.codecs, [{ name: "DVI4", file: "/etc/dvi4.wasm", clockRate: 8000, frameMs: 20 }]);
  assert.deepEqual(sip.codecs, [{ format: "codec:DVI4/8000", frameMs: 20 }]);
});

test("a codec that nobody named, one that is built in, and one named twice are faults with a way out", () => {
  assert.match(faultsOf(`${line}codecs = ["DVI4"]\n`).join(), /line\[1\]\.codecs\[1\] = "DVI4": write one of "PCMU", /);
  assert.match(
    faultsOf('[[codec]]\nname = "PCMA"\nfile = "x"\n').join(),
    /codec\[1\]\.name = "PCMA": is built in: give the codec another name/,
  );
  for (const name of ["telephone-event", "cn"])
    assert.match(faultsOf(`[[codec]]\nname = "${name}"\nfile = "x"\n`).join(), /is built in: give the codec another/);
  const twice = '[[codec]]\nname = "X"\nfile = "x"\n';
  assert.match(faultsOf(twice + twice).join(), /codec\[2\]\.name = "x": is already codec\[1\]\.name/);
});
