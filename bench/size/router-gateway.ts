import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Door } from "../../test/peers/harness/door.ts";
import { freePorts } from "../../test/peers/harness/free-ports.ts";
import { Program } from "../../test/peers/harness/program.ts";
import type { Scratch } from "../../test/peers/harness/scratch.ts";
import { root } from "./flash.ts";

/** The environment the service units give the gateway. */
export { unitEnvironment } from "../../src/build/units.mjs";

export interface RouterOptions {
  readonly emulate: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** What comes before the command, to run it somewhere. */
  readonly prefix?: readonly string[];
}

/** The gateway as it runs on a router whose devices are not plugged: no emulator, one SIP line, calls to 80x go out again. */
export class RouterGateway {
  readonly program: Program;
  readonly door: Door;
  readonly dataDir: string;
  readonly sipPort: number;
  readonly peerPort: number;

  private constructor(program: Program, dataDir: string, sipPort: number, peerPort: number) {
    this.program = program;
    this.door = new Door(dataDir);
    this.dataDir = dataDir;
    this.sipPort = sipPort;
    this.peerPort = peerPort;
  }

  static async start(scratch: Scratch, options: RouterOptions): Promise<RouterGateway> {
    const folder = await scratch.folder("size");
    const [sipPort, rtpPort, peerPort] = [await freePorts(1), await freePorts(32), await freePorts(2)];
    const config = join(folder, "router.toml");
    await writeFile(config, document({ sipPort, rtpPort, peerPort, emulate: options.emulate }));
    const own = [join(root, "dist/offhook.js"), "start", "--config", config, "--data", folder, "--json", "--verbose"];
    const [command = "", ...args] = [...(options.prefix ?? []), process.execPath, ...own];
    const program = new Program({ name: "offhook", command, args, env: options.env });
    scratch.atEnd(() => program.stop());
    await program.says(/"ready":true/, 20_000);
    const gateway = new RouterGateway(program, folder, sipPort, peerPort);
    gateway.door.follow();
    return gateway;
  }
}

function document(at: {
  readonly sipPort: number;
  readonly rtpPort: number;
  readonly peerPort: number;
  readonly emulate: boolean;
}): string {
  const phones = [1, 2, 3].map((n) => `[[handset]]\nnumber = "61${n}"\n`);
  return `[sip]
listen = "127.0.0.1:${at.sipPort}"

[rtp]
port_min = ${at.rtpPort}
port_max = ${at.rtpPort + 31}

[usb]
emulate = ${at.emulate}

[[line]]
name = "local"
mode = "direct"
user = "offhook"
server = "127.0.0.1:${at.peerPort}"
max_calls = 16

${phones.join("\n")}
[[port]]
number = "601"

[[port]]
number = "602"

[[service]]
number = "690"
service = "echo"

[[incoming]]
line = "local"
numbers = ["800"]
forward = "700"
`;
}
