import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { Program } from "./program.ts";
import type { Scratch } from "./scratch.ts";

/** What a collector keeps of a packet that is no SIP, in the tables of Homer 5. */
export interface Kept {
  readonly atSeconds: number;
  readonly correlation: string;
  /** `address:port`. */
  readonly from: string;
  readonly to: string;
  readonly agent: string;
  readonly text: string;
}

const columns =
  "id(int,auto) date(time) micro_ts(double) correlation_id(string) source_ip(string) source_port(int) " +
  "destination_ip(string) destination_port(int) proto(int) family(int) type(int) node(string) msg(string)\n";

/**
 * Kamailio as a HEP collector (its module sipcapture): SIP is parsed by itself and told in its log as `SIP request INVITE
 * call-id address:port`, logs and RTCP are stored in tables of text.
 */
export class SipCapture {
  readonly port: number;
  readonly program: Program;
  readonly #folder: string;

  private constructor(program: Program, port: number, folder: string) {
    this.program = program;
    this.port = port;
    this.#folder = folder;
  }

  static async start(scratch: Scratch): Promise<SipCapture> {
    const folder = await scratch.folder("sipcapture");
    const port = await freePorts(1);
    const config = join(folder, "kamailio.cfg");
    await writeFile(config, configuration(port, folder));
    await writeFile(join(folder, "version"), "table_name(string) table_version(int)\n");
    for (const table of ["logs_capture", "rtcp_capture"]) await writeFile(join(folder, table), columns);
    const args = ["-f", config, "-DD", "-E", "-m", "64", "-M", "8", "-w", folder, "-Y", folder];
    const program = new Program({ name: "kamailio", command: "/usr/sbin/kamailio", args });
    scratch.atEnd(() => program.stop());
    await program.says(/KAMAILIO READY/, 10_000);
    return new SipCapture(program, port, folder);
  }

  /** What it has stored; in the order in which it came; it writes when it ends. */
  async stored(table: "logs_capture" | "rtcp_capture"): Promise<readonly Kept[]> {
    await this.program.stop();
    const [, ...rows] = readFileSync(join(this.#folder, table), "utf8").split("\n");
    return rows
      .filter((row) => row !== "")
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map(keptOf);
  }
}

function keptOf(row: string): Kept {
  const [, date, , correlation = "", from, fromPort, to, toPort, , , , agent = "", text = ""] = row
    .split(/(?<!\\):/)
    .map((field) => field.replaceAll(/\\(.)/g, "$1"));
  return { atSeconds: Number(date), correlation, from: `${from}:${fromPort}`, to: `${to}:${toPort}`, agent, text };
}

function configuration(port: number, folder: string): string {
  return `#!KAMAILIO
debug=2
log_stderror=yes
memdbg=5
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules:/usr/lib/aarch64-linux-gnu/kamailio/modules:/usr/lib64/kamailio/modules"
${["kex", "corex", "pv", "xlog", "db_text", "sipcapture"].map((name) => `loadmodule "${name}.so"`).join("\n")}
modparam("sipcapture", "db_url", "text://${folder}")
modparam("sipcapture", "capture_on", 1)
modparam("sipcapture", "hep_capture_on", 1)

request_route { xlog("L_ALERT", "SIP request $rm $ci $si:$sp\\n"); drop; }
onreply_route { xlog("L_ALERT", "SIP response $rs $ci $si:$sp\\n"); drop; }
event_route[core:worker-one-init] { xlog("L_ALERT", "KAMAILIO READY\\n"); }
`;
}

/** A UDP datagram of a capture file. */
export interface Captured {
  readonly atUs: number;
  readonly from: string;
  readonly to: string;
  readonly octets: Buffer;
}

/** sngrep as a HEP collector: all that it gets, it writes to a file as if it had been captured on the wire. */
export class Sngrep {
  readonly port: number;
  readonly #program: Program;
  readonly #file: string;

  private constructor(program: Program, port: number, file: string) {
    this.#program = program;
    this.port = port;
    this.#file = file;
  }

  static async start(scratch: Scratch): Promise<Sngrep> {
    const file = join(await scratch.folder("sngrep"), "captured.pcap");
    const port = await freePorts(1);
    const args = ["-F", "-N", "-L", `udp:127.0.0.1:${port}`, "-O", file];
    const program = new Program({ name: "sngrep", command: "sngrep", args, env: { TERM: "dumb" } });
    scratch.atEnd(() => program.stop());
    await program.says(/Dialog count/, 10_000);
    return new Sngrep(program, port, file);
  }

  /** What it has written when it ends. */
  async captured(): Promise<readonly Captured[]> {
    await this.#program.stop();
    return existsSync(this.#file) ? readCapture(readFileSync(this.#file)) : [];
  }
}

/** UDP over IPv4 in Ethernet frames (pcap 2.4, little-endian). */
function readCapture(file: Buffer): Captured[] {
  const found: Captured[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const [seconds, micros, length] = [0, 4, 8].map((offset) => file.readUInt32LE(at + offset));
    const ip = file.subarray(at + 16 + 14, at + 16 + (length ?? 0));
    const udp = ip.subarray(((ip[0] ?? 0) & 15) * 4);
    const address = (offset: number) => [...ip.subarray(offset, offset + 4)].join(".");
    found.push({
      atUs: (seconds ?? 0) * 1e6 + (micros ?? 0),
      from: `${address(12)}:${udp.readUInt16BE(0)}`,
      to: `${address(16)}:${udp.readUInt16BE(2)}`,
      octets: udp.subarray(8),
    });
    at += 16 + (length ?? 0);
  }
  return found;
}
