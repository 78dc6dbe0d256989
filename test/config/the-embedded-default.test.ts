import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultConfig } from "../../src/config/default.ts";
import { loadConfig, readConfig } from "../../src/config/read-config.ts";
import { house } from "./faults-of.ts";

test("the embedded default is a house with emulated phones that a softphone on this machine can call", async () => {
  const config = await loadConfig(null);
  assert.deepEqual(
    config.house.phones.map(({ phone, number }) => [phone, number]),
    [
      ["handset:1", "611"],
      ["handset:2", "612"],
      ["handset:3", "613"],
      ["port:1", "601"],
      ["port:2", "602"],
    ],
  );
  assert.deepEqual(config.emulator, { handsets: 3, ports: 2, country: "DE" });
  assert.deepEqual(config.sip.listen, { address: "127.0.0.1", port: 5060 });
  assert.deepEqual(config.sip.accounts[0]?.server, { host: "127.0.0.1", port: 5070 });
  assert.equal(config.sip.accounts[0]?.mode, "direct");
  assert.equal(config.house.groups[0]?.members.length, 5);
  assert.deepEqual(config.house.services, [{ number: "690", service: "echo" }]);
  assert.deepEqual(config.house.emergency, ["112", "110"]);
  assert.deepEqual(config.seeds, [{ id: 1, name: "Alice Softphone", numbers: ["700", "alice"] }]);
});

test("an empty file is a good configuration: every section has its presets", () => {
  const config = readConfig("");
  assert.equal(config.emulator, null);
  assert.equal(config.voice.streams, 16);
  assert.deepEqual(config.house.lines, []);
});

test("a port listens for fax machines unless it is told not to, a handset never does", () => {
  const phones = (file: string) => readConfig(file).house.phones.map(({ phone, fax }) => [phone, fax]);
  assert.deepEqual(
    phones('[[port]]\nnumber = "601"\n[[port]]\nnumber = "602"\nfax = false\n[[handset]]\nnumber = "611"\n'),
    [
      ["handset:1", undefined],
      ["port:1", true],
      ["port:2", undefined],
    ],
  );
});

test("--emulate adds the emulated devices to any configuration", () => {
  assert.equal(readConfig(house).emulator, null);
  assert.deepEqual(readConfig(house, "house.toml", { emulate: true }).emulator, {
    handsets: 1,
    ports: 1,
    country: "DE",
  });
});

test("what the upper half is told holds no secret", () => {
  const config = readConfig(house);
  assert.equal(config.sip.accounts[0]?.password, "swordfish");
  assert.doesNotMatch(JSON.stringify(config.house), /swordfish/);
});

test("an account goes to its registrar, or to its outbound server, with the registrar's domain", () => {
  const [account] = readConfig(
    '[[line]]\nname = "a"\nuser = "u"\nregistrar = "sip.example.com:5080"\noutbound_server = "[fd00::1]:5090"\nauth_user = "w"',
  ).sip.accounts;
  assert.equal(account?.domain, "sip.example.com");
  assert.deepEqual(account?.server, { host: "fd00::1", port: 5090 });
  assert.equal(account?.authUser, "w");
  const [plain] = readConfig(house).sip.accounts;
  assert.deepEqual(plain?.server, { host: "sip.example.com", port: 5060 });
  assert.equal(plain?.authUser, "4930123456");
});

test("rules name phones, numbers and groups, and a call that no rule names rings everyone", () => {
  const config = readConfig(`${house}
[[incoming]]
line = "office"
numbers = ["100"]
ring = ["601", "600", "handset:1"]
`);
  assert.deepEqual(config.house.lines[0]?.incoming, [
    { numbers: ["100"], ring: ["port:1", "handset:1"] },
    { numbers: [], ring: ["handset:1", "port:1"] },
  ]);
});

test("a rule for any number comes instead of everyone, also one that rings nobody", () => {
  const config = readConfig(`${house}\n[[incoming]]\nline = "office"\nring = []\n`);
  assert.deepEqual(config.house.lines[0]?.incoming, [{ numbers: [], ring: [] }]);
});

test("emergency numbers are those of the country when none are written", () => {
  assert.deepEqual(readConfig('country = "GB"').house.emergency, ["999", "112"]);
  assert.deepEqual(readConfig("[numbering]\nemergency = []").house.emergency, []);
});

test("the default as printed is read back as it is", () => {
  assert.deepEqual(readConfig(defaultConfig), readConfig(`\ufeff${defaultConfig.replaceAll("\n", "\r\n")}`));
});

test("a number can be forwarded out of the house, by the line it came in on or by another", () => {
  const rule = '[[incoming]]\nline = "office"\nnumbers = ["1"]\nforward = "0170123"\n';
  const config = readConfig(`${house}\n${rule}`);
  const forwards = config.house.lines.flatMap(({ incoming }) => incoming.flatMap((entry) => entry.forward ?? []));
  assert.deepEqual(forwards, [{ line: "line:office", number: "0170123" }]);
  assert.throws(() => readConfig(`${house}\n${rule}forward_line = "nowhere"`), /1 fault/);
});
