import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, house } from "./faults-of.ts";

/** What is added to a good house, and the one fault that must be told, word for word. */
const single: readonly (readonly [what: string, toml: string, fault: string])[] = [
  ["a country that is not known", 'country = "AT"', 'country = "AT": write one of "DE", "US", "GB", "FR", "RU"'],
  [
    "a listening address without a port",
    '[sip]\nlisten = "127.0.0.1"',
    'sip.listen = "127.0.0.1": write ADDRESS:PORT with an IP address of this machine, e.g. "192.168.1.1:5060" or "[fd00::1]:5060"',
  ],
  [
    "a listening address nobody can answer to",
    '[sip]\nlisten = "0.0.0.0:5060"',
    'sip.listen = "0.0.0.0:5060": no far end can answer to it: write the address of one interface',
  ],
  [
    "an odd first RTP port",
    "[rtp]\nport_min = 10001\nport_max = 10020",
    "rtp.port_min = 10001: is odd: RTP is on even ports, write 10002",
  ],
  [
    "an RTP range that is too small",
    "[rtp]\nport_min = 10000\nport_max = 10002",
    "rtp.port_max = 10002: leaves 1 pairs: write 10003 or more",
  ],
  [
    "an RTP range that is too large",
    "[rtp]\nport_min = 10000\nport_max = 20000",
    "rtp.port_max = 20000: makes 5000 pairs, the most is 64: write 10127 or less",
  ],
  [
    "an RTP range over the SIP port",
    "[rtp]\nport_min = 5050\nport_max = 5081",
    "rtp.port_min = 5050: the range contains the port of sip.listen, 5060: move one of them",
  ],
  [
    "a depth that is no number",
    "[rtp]\njitter_max_ms = nan",
    "rtp.jitter_max_ms = NaN: write a whole number of ms from 20 to 200",
  ],
  ["a candidate that is no path", "[shadow]\nmodule = 3", "shadow.module = 3: write the path in quotes"],
  [
    "a least depth above the first",
    "[rtp]\njitter_min_ms = 80",
    "rtp.jitter_min_ms = 80: is more than rtp.jitter_ms: write 60 or less",
  ],
  [
    "a most depth below the first",
    "[rtp]\njitter_max_ms = 40",
    "rtp.jitter_max_ms = 40: is less than rtp.jitter_ms: write 60 or more",
  ],
  ["a jitter buffer of half a frame", "[rtp]\njitter_ms = 50", "rtp.jitter_ms = 50: is no multiple of 20: write 60"],
  [
    "a jitter buffer of half a short frame",
    "[rtp]\njitter_ms = 45\n[voice]\nframe_ms = 10",
    "rtp.jitter_ms = 45: is no multiple of 10: write 50",
  ],
  ["a frame of any length", "[voice]\nframe_ms = 15", "voice.frame_ms = 15: write one of 10, 20"],
  [
    "a codec with longer frames than ours",
    '[[codec]]\nname = "iLBC"\nfile = "ilbc.wasm"\nframe_ms = 30',
    'codec[1].frame_ms = 30: turns of 20 ms do not make a frame of "iLBC": write voice.frame_ms = 10, or take it out',
  ],
  [
    "a port that is no number",
    '[rtp]\nport_min = "many"',
    'rtp.port_min = "many": write a whole number from 1024 to 65534',
  ],
  [
    "a key with a slip of the pen",
    '[sip]\nuserAgent = "x"',
    'sip.userAgent: is not known here; did you mean "user_agent"?',
  ],
  [
    "a section with a slip of the pen",
    '[[handsets]]\nnumber = "612"',
    'handsets: is not known here; did you mean "handset"?',
  ],
  [
    "a key that is like no other",
    "[usb]\nzzz = 1",
    "usb.zzz: is not known here; write one of enabled, emulate, voice_channels",
  ],
  [
    "a single section written many times",
    "[[usb]]\nenabled = false",
    "usb = […]: there is only one: write [usb], not [[usb]]",
  ],
  [
    "a line with a registrar that is no host",
    '[[line]]\nname = "x"\nuser = "x"\nregistrar = "sip example"',
    'line[3].registrar = "sip example": write a host name or address, with a port if it is not 5060, e.g. "sip.example.com" or "10.0.0.5:5070"',
  ],
  [
    "a line without its registrar",
    '[[line]]\nname = "x"\nuser = "x"',
    'line[3].registrar: is missing: a "register" line needs it',
  ],
  [
    "a direct line with a registrar",
    '[[line]]\nname = "x"\nuser = "x"\nmode = "direct"\nserver = "a.example"\nregistrar = "b.example"',
    'line[3].registrar = "b.example": does nothing on a "direct" line: take it out, or change `mode`',
  ],
  [
    "two lines of one name",
    '[[line]]\nname = "office"\nuser = "x"\nregistrar = "a.example"',
    'line[3].name = "office": is already line[1].name: write another one',
  ],
  [
    "a number used twice",
    '[[service]]\nnumber = "611"\nservice = "echo"',
    'service[1].number = "611": is already handset[1].number: write another one',
  ],
  [
    "a number without quotes",
    "[[handset]]\nnumber = 612",
    'handset[2].number = 612: write 1 to 8 digits in quotes, * and # are allowed in front, e.g. "611"',
  ],
  [
    "a handset without a number",
    '[[handset]]\nname = "x"',
    'handset[2].number: is missing: add "number = …" to this section',
  ],
  [
    "a handset with another one's id",
    '[[handset]]\nnumber = "612"\nid = 1',
    'handset[2].id = "1": is already handset[1].id: write another one',
  ],
  [
    "an internal number behind an emergency number",
    '[[handset]]\nnumber = "1125"',
    'handset[2].number = "1125": can not be dialled, the emergency number 112 leaves at once: write another one',
  ],
  [
    "a group with a member that is not there",
    '[[group]]\nnumber = "650"\nmembers = ["611", "port:7"]',
    'group[2].members[2] = "port:7": there is no such phone: add its section, or write another one',
  ],
  [
    "a group within a group",
    '[[group]]\nnumber = "650"\nmembers = ["600"]',
    'group[2].members[1] = "600": there is no such phone: add its section, or write another one',
  ],
  [
    "a rule for a line that is not there",
    '[[incoming]]\nline = "ofice"',
    'incoming[1].line = "ofice": there is no line of this name: write one of office, local',
  ],
  [
    "a rule that rings nobody there is",
    '[[incoming]]\nline = "office"\nring = ["699"]',
    'incoming[1].ring[1] = "699": there is no such phone or group: add its section, or write another one',
  ],
  [
    "an outgoing rule without a line",
    '[[outgoing]]\npattern = "0."',
    "outgoing[1].line: is missing: name a line, or write bar = true",
  ],
  [
    "a barred number with a line",
    '[[outgoing]]\npattern = "0190."\nline = "office"\nbar = true',
    "outgoing[1].bar = true: a barred number needs no line: take one of them out",
  ],
  [
    "a pattern with its end in the middle",
    '[[outgoing]]\npattern = "0.1"\nline = "office"',
    'outgoing[1].pattern = "0.1": has a "." in the middle: it stands for all that follows, so write it last',
  ],
  [
    "a rule that is never reached",
    '[[outgoing]]\npattern = "0."\nline = "office"\n[[outgoing]]\npattern = "0."\nline = "local"',
    'outgoing[2].pattern = "0.": is already outgoing[1].pattern: write another one',
  ],
  [
    "a codec the gateway does not speak",
    '[[line]]\nname = "x"\nuser = "x"\nregistrar = "a.example"\ncodecs = ["PCMA", "G729"]',
    'line[3].codecs[2] = "G729": write one of "PCMU", "PCMA", "G722", "G726-32", "AAL2-G726-32", "L16/8000", "L16/16000"',
  ],
  [
    "a contact whose number another one has",
    '[[contact]]\nname = "A"\nnumbers = ["1"]\n[[contact]]\nname = "B"\nnumbers = ["2", "1"]',
    'contact[2].numbers[2] = "1": is already contact[1].numbers[1]: write another one',
  ],
];

for (const [what, toml, fault] of single)
  test(`${what} is named with its path, its value and the way out`, () => {
    const before = toml.startsWith("country");
    assert.deepEqual(faultsOf(before ? `${toml}\n${house}` : `${house}\n${toml}\n`), [fault]);
  });

test("a good house has no faults", () => {
  assert.deepEqual(faultsOf(house), []);
});

test("all faults come at once, of every section and kind", () => {
  const all = single.filter(([what]) => !what.startsWith("an RTP range") && !what.startsWith("an odd"));
  const wrong = all.map(([, toml]) => faultsOf(toml.startsWith("country") ? toml : `${house}\n${toml}\n`).length);
  assert.ok(wrong.every((count) => count > 0));
  const faults = faultsOf(`country = "AT"
[sip]
listen = "nowhere"
[rtp]
port_min = 7
[usb]
enabled = "yes"
[[line]]
user = "x"
[[handset]]
number = 611
line = "nobody"
[[group]]
number = "600"
members = ["handset:9", 5]
[typo]
`);
  assert.deepEqual(
    faults.map((fault) => fault.split(/[:=] /)[0]?.trim()),
    [
      "country",
      "sip.listen",
      "rtp.port_min",
      "usb.enabled",
      "line[1].name",
      "handset[1].number",
      "group[1].members[2]",
      "typo",
      "line[1].registrar",
      "handset[1].line",
      "group[1].members[1]",
    ],
  );
});

test("a number written without quotes is one fault, and those that refer to it are none", () => {
  const faults = faultsOf('[[handset]]\nnumber = 611\n[[group]]\nnumber = "600"\nmembers = ["611"]');
  assert.equal(faults.length, 1);
});

test("a password is not shown, neither as a faulty value nor in a line that is no TOML", () => {
  const faults = [
    ...faultsOf(`${house}\n[[line]]\nname = "x"\nuser = "x"\nregistrar = "a.example"\npassword = 123456\n`),
    ...faultsOf('[[line]]\npassword = "swordfish" "x"\n'),
    ...faultsOf('[[line]]\npassword = "swordfish\n'),
  ];
  assert.equal(faults.length, 3);
  assert.equal(faults[0], "line[3].password = (not shown): write 0 to 128 characters in quotes");
  for (const fault of faults) assert.doesNotMatch(fault, /123456|swordfish/);
});

test("text that is no TOML is a fault with its line and column", () => {
  const [fault] = faultsOf("country = DE\n");
  assert.match(fault ?? "", /^line 1, column 11: Invalid TOML document/);
});

test("a value of any kind in any place is a fault, not a crash", () => {
  const values = ["1", '"x"', "true", "[]", "[1]", "{}", "[[1]]", "1979-05-27", "nan", '["x", {}]'];
  const paths = [
    "country",
    "sip",
    "line",
    "handset",
    "usb.enabled",
    "sip.listen",
    "numbering.emergency",
    "recorder.keep",
  ];
  for (const path of paths)
    for (const value of values) assert.ok(faultsOf(`${path} = ${value}`).length < 9, `${path} = ${value}`);
  for (const value of values) {
    faultsOf(`[[line]]\nname = ${value}\nuser = ${value}\nserver = ${value}\ncodecs = ${value}`);
    faultsOf(
      `[[group]]\nnumber = ${value}\nmembers = ${value}\n[[incoming]]\nline = ${value}\nring = ${value}\nnumbers = ${value}`,
    );
    faultsOf(`[[contact]]\nname = ${value}\nnumbers = ${value}\n[[outgoing]]\npattern = ${value}\nprefix = ${value}`);
  }
});

test("a configuration with thousands of faults is judged in a moment", () => {
  const began = performance.now();
  const many = Array.from({ length: 5000 }, (_, n) => `${"k".repeat(60)}${n} = 1`).join("\n");
  assert.equal(faultsOf(many).length > 0, true);
  assert.ok(performance.now() - began < 2000);
});
