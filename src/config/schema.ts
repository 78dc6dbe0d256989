import * as v from "valibot";
import type { CountryCode } from "../message/country.ts";
import {
  codecName,
  collector,
  dialled,
  digits,
  domain,
  emergencyNumber,
  flag,
  host,
  internalNumber,
  ipAddress,
  lineId,
  list,
  oneOf,
  ownCodecName,
  path,
  pattern,
  phone,
  secret,
  shortText,
  sipUser,
  socketAddress,
  whole,
} from "./value.ts";

/**
 * The one schema of the configuration: validation, defaults and docs/config.md come from it.
 * Sections have the names of TR-104 objects; keys are in snake case, durations end in their unit.
 */

const countryCode = oneOf<CountryCode>("DE", "US", "GB", "FR", "RU");

/** A key that must be there. */
function must<const Schema extends v.GenericSchema>(schema: Schema, help: string) {
  return v.pipe(schema, v.description(help));
}

/** A key that may be left out and then has this value. */
function may<const Schema extends v.GenericSchema, const Default extends v.InferInput<Schema>>(
  schema: Schema,
  preset: Default,
  help: string,
) {
  return v.pipe(v.optional(schema, preset), v.description(help));
}

/** A key that may be left out; `preset` says in words what then holds. */
function left<const Schema extends v.GenericSchema>(schema: Schema, preset: string, help: string) {
  return v.pipe(v.optional(schema), v.description(help), v.metadata({ preset }));
}

function table<const Entries extends v.ObjectEntries>(help: string, entries: Entries) {
  const section = v.object(entries, "write it as a section of its own, in brackets");
  // `as`: every key of a single section has a preset, so an empty one is a valid input; test/config holds it.
  return v.pipe(
    v.optional(section, () => ({}) as v.InferInput<typeof section>),
    v.description(help),
  );
}

function tables<const Entries extends v.ObjectEntries>(most: number, help: string, entries: Entries) {
  const section = v.object(entries, "write it as a section of its own, in double brackets");
  const many = v.pipe(
    v.array(section, "write it as a section of its own, in double brackets"),
    v.maxLength(most, `write at most ${most} of them`),
  );
  return v.pipe(v.optional(many, []), v.description(help));
}

const sip = table("The SIP side of the gateway.", {
  listen: may(
    socketAddress,
    "127.0.0.1:5060",
    "UDP address SIP is spoken on; also in Via, Contact and SDP, so it must be one the far ends can reach.",
  ),
  media_address: left(ipAddress, "that of `listen`", "Address written into SDP, for a gateway behind a fixed NAT."),
  user_agent: may(shortText, "Offhook", "The User-Agent and Server header."),
});

const rtp = table("The voice of SIP calls.", {
  address: left(ipAddress, "that of `sip.listen`", "Where the RTP sockets are bound."),
  port_min: may(whole(1024, 65534, ""), 10000, "First UDP port; even. Each call's leg has two: RTP and RTCP."),
  port_max: may(whole(1025, 65535, ""), 10031, "Last UDP port; every pair in the range is bound ahead."),
  jitter_ms: may(
    whole(20, 200, "ms"),
    60,
    "Depth of a stream's jitter buffer when it begins; a multiple of `voice.frame_ms`. It then follows the network: as deep as 97.5 % of the packets need, and a frame more.",
  ),
  jitter_min_ms: may(
    whole(20, 200, "ms"),
    20,
    "The least it becomes; a multiple of `voice.frame_ms`. With all three the same it is fixed.",
  ),
  jitter_max_ms: may(
    whole(20, 200, "ms"),
    200,
    "The most it becomes; a multiple of `voice.frame_ms`. What comes later is lost.",
  ),
  edge: may(
    oneOf("auto", "batched", "dgram"),
    "auto",
    "How packets get in and out: `batched` system calls by the package koffi, `dgram` by Node, `auto` the first of them that works.",
  ),
  drive: may(
    oneOf("timer", "packets"),
    "timer",
    "What begins the voice path's turn: the clock, or a packet of a call, whose far end's clock is then followed; " +
      "its packets do not wait for a turn.",
  ),
  timeout_ms: may(whole(1000, 3_600_000, "ms"), 30_000, "Silence of a far end that should speak before its call ends."),
});

const voice = table("The thread that carries the voice.", {
  frame_ms: may(
    oneOf(10, 20),
    20,
    "Sound in one frame, which is one turn of the thread and one RTP packet out, in ms. Received packets may have any. 10 is 10 ms sooner each way and costs nearly twice; codec plug-ins with frames of 30 ms need it.",
  ),
  priority: may(
    oneOf("realtime", "nice", "normal"),
    "realtime",
    "`realtime`: before every ordinary program (SCHED_FIFO 1) where that is permitted and the kernel keeps some time for the others, else as `nice`; `nice`: niceness -15; `normal`: as everybody else. `offhook status` tells what it has.",
  ),
});

const data = table("What is kept on disk.", {
  dir: left(path, "`./data`", "Data directory, when neither `--data` nor `OFFHOOK_DATA` names one."),
  call_log_size: may(whole(10, 10_000, "calls"), 1000, "Older calls are forgotten."),
  save_after_ms: may(
    whole(100, 600_000, "ms"),
    2000,
    "A change is saved after this time; fewer writes spare the flash.",
  ),
});

const usb = table("DECT bases and FXS adapters on USB.", {
  enabled: may(flag, true, "Looks for devices on this machine's USB ports."),
  emulate: may(flag, false, "Adds an emulated base and an emulated dongle, with a phone for each section below."),
  voice_channels: may(whole(1, 64, "channels"), 16, "Most voice channels of all devices together."),
});

const line = tables(32, "A SIP account.", {
  name: must(lineId, "How other sections and the command line call it."),
  mode: may(
    oneOf("register", "direct"),
    "register",
    "`register` at a registrar, or `direct`: no registrar, takes every call no other line claims and calls out to `server`.",
  ),
  user: must(sipUser, "User part of the address of record."),
  registrar: left(host, "must be given for `register`", "The registrar; its host is also the domain if none is given."),
  outbound_server: left(host, "the registrar", "Where requests go instead of to the registrar."),
  server: left(host, "must be given for `direct`", "Where calls of a `direct` line go."),
  domain: left(domain, "host of `registrar` or `server`", "Domain of the addresses of record."),
  auth_user: left(sipUser, "`user`", "User name for the digest, if it is another one."),
  password: may(secret, "", "Never shown, logged or journalled."),
  display_name: left(shortText, "none", "Name shown to those who are called."),
  number: left(dialled, "`user`", "The line's own number, shown to those who are called."),
  expires_s: may(whole(60, 86_400, "s"), 600, "Registration period asked for."),
  max_calls: may(
    whole(1, 64, "calls"),
    4,
    "Calls at a time; one more is refused as busy, but an emergency call goes out.",
  ),
  codecs: may(
    list(codecName, 15, 1),
    ["PCMA", "PCMU"],
    "In order of preference; of those both ends of a call can have, the one that needs no conversion is taken first.",
  ),
  comfort_noise: may(
    flag,
    false,
    "While nobody speaks, tell what the background is like instead of sending it (RFC 3389, with G.711). Saves packets.",
  ),
  dtmf: may(
    oneOf("rfc4733", "info", "inband"),
    "rfc4733",
    "How keys pressed in a call are sent. The sound of an analog phone's keys is taken out where they travel as RFC 4733 events; `info` sends them besides it.",
  ),
});

const codec = tables(8, "A codec besides the built-in ones, see [codec.md](codec.md).", {
  name: must(ownCodecName, "Its RTP encoding name, as its file tells it; lines that speak it name it in `codecs`."),
  file: must(path, "Its WASM file."),
  clock_rate: may(oneOf(8000, 16_000), 8000, "Of its RTP timestamps, as its file tells it."),
  frame_ms: may(oneOf(10, 20, 30), 20, "Of one of its frames, as its file tells it. 30 needs `voice.frame_ms = 10`."),
});

const phoneKeys = {
  number: must(internalNumber, "Its internal number."),
  name: left(shortText, "its kind and id", "Shown to those it calls."),
  line: left(lineId, "the first line", "The line it calls out by when no rule says otherwise."),
};

const shadow = table(
  "A candidate that runs beside the live voice path and is never heard, see [shadow.md](shadow.md).",
  {
    module: left(path, "none", "A build of `voice.wasm`: another concealment, jitter buffer or built-in codec."),
    codec: left(path, "none", "A codec plug-in, compared with the live codec of its name; it is never negotiated."),
    streams: may(whole(1, 8, "streams"), 2, "The most RTP streams followed at a time."),
    share_percent: may(whole(1, 100, "%"), 100, "Of the streams that open, so many are followed while there is room."),
  },
);

const handset = tables(64, "A DECT handset.", {
  id: left(whole(1, 64, ""), "position of the section", "`handset:ID`: handsets are numbered through all bases."),
  ...phoneKeys,
});

const port = tables(64, "An FXS port with an analog phone.", {
  id: left(whole(1, 64, ""), "position of the section", "`port:ID`: ports are numbered through all adapters."),
  ...phoneKeys,
  echo_tail_ms: may(
    oneOf(0, 8, 16, 32, 128),
    16,
    "How far back the line's echo is cancelled; 16 covers a hybrid in the house. 0 when the adapter does it itself.",
  ),
  fax: may(
    flag,
    true,
    "A call in which a fax machine or modem is heard goes on in G.711, without echo canceller, concealment and comfort noise. T.38 is not spoken.",
  ),
});

const group = tables(64, "An internal number that rings several phones.", {
  number: must(internalNumber, "Its internal number."),
  members: may(list(phone, 128), ["all"], "Who rings."),
});

const service = tables(16, "Something the gateway answers itself.", {
  number: must(internalNumber, "Its internal number."),
  service: must(
    oneOf("echo", "capsule"),
    "`echo` plays back what is said. `capsule` marks a bad call: the last call of the phone that calls it is saved in the data directory, under pseudonyms, see [debugging.md](debugging.md); the confirmation tone says that it is.",
  ),
});

const incoming = tables(
  256,
  "Who rings for a call on a line; the first rule that names the number decides. A call that no rule names rings all " +
    "phones. On a `direct` line the internal numbers can be called as they are, before these rules.",
  {
    line: must(lineId, "The line called."),
    numbers: may(list(dialled, 64), [], "Numbers called; an empty list is any number."),
    ring: may(list(phone, 128), ["all"], "Who rings; an empty list refuses the call."),
    forward: left(digits, "none", "Sends the call out again to this number, and nobody rings."),
    forward_line: left(lineId, "the line called", "The line it goes out by."),
  },
);

const outgoing = tables(256, "Which line takes a number dialled; the first rule that matches decides.", {
  name: left(shortText, "the pattern", "For people."),
  pattern: must(pattern, "Which numbers, see [patterns](#patterns)."),
  line: left(lineId, "none", "The line that takes them. Either this or `bar`."),
  bar: may(flag, false, "Refuses them instead."),
  strip: may(whole(0, 20, "digits"), 0, "Digits cut from the front."),
  prefix: may(digits, "", "Put in front, after cutting."),
});

const numbering = table("How numbers are dialled.", {
  emergency: left(
    list(emergencyNumber, 16),
    "those of the country",
    "Sent at once by the first line that takes it, whatever the rules say; when no RTP stream is free, a call of somebody else ends for it.",
  ),
  first_digit_ms: may(whole(1000, 120_000, "ms"), 15_000, "Off-hook without a digit until congestion tone."),
  inter_digit_ms: may(whole(500, 60_000, "ms"), 6000, "Between digits while the number is not complete."),
  complete_ms: may(whole(200, 30_000, "ms"), 3000, "Between digits when it is complete, but a longer one is possible."),
  no_answer_ms: may(whole(5000, 600_000, "ms"), 60_000, "How long phones, and far ends, ring."),
  busy_tone_ms: may(whole(1000, 600_000, "ms"), 20_000, "Busy or congestion tone before the off-hook warning."),
});

const contact = tables(1000, "A first entry of the phone book; used while there is no saved one.", {
  name: must(shortText, "Shown when one of the numbers calls."),
  numbers: must(list(dialled, 16, 1), "As they call, or are dialled."),
});

const recorder = table("The flight recorder: a journal of every event and command, for `offhook replay`.", {
  enabled: may(flag, true, "Writes `journal-*.jsonl` into the data directory."),
  keep: may(whole(1, 100, "files"), 16, "Older files are deleted. All but the newest are compressed to about a tenth."),
  segment_kb: may(
    whole(64, 65_536, "kB"),
    1024,
    "A new file is begun about here, when no call is up. `keep` times as much is written at once and in an hour at most.",
  ),
});

const hep = table(
  "What a HEP collector (Homer, sipcapture, sngrep) is sent by UDP while the gateway runs, see [debugging.md](debugging.md).",
  {
    collector: left(
      collector,
      "none: nothing is sent",
      "Every SIP message that is sent or received, and of each call what phones, timers and voice do. In clear: keep it in the house.",
    ),
    id: may(whole(0, 4_294_967_295, ""), 1, "The capture agent's number, by which the collector knows this gateway."),
    password: may(secret, "", "The collector's key, if it asks for one. It is sent in clear."),
    credentials: may(
      flag,
      false,
      "Sends the responses of digests as they are; else an `x` stands for each of their characters.",
    ),
  },
);

const memory = table(
  "Memory the gateway keeps free: with less than 16 MB left, new calls are refused but for emergencies.",
  {
    limit_mb: may(
      whole(0, 65_536, "MB"),
      0,
      "The most the process may have; 0 = what its control group and the machine have left.",
    ),
  },
);

export const documentSchema = v.object(
  {
    country: may(countryCode, "DE", "Tones, ring cadences, caller ID and emergency numbers."),
    sip,
    rtp,
    voice,
    data,
    usb,
    line,
    codec,
    shadow,
    handset,
    port,
    group,
    service,
    incoming,
    outgoing,
    numbering,
    contact,
    recorder,
    hep,
    memory,
  },
  "write a TOML document",
);

/** A configuration as written, with its defaults filled in. */
export type Document = v.InferOutput<typeof documentSchema>;
