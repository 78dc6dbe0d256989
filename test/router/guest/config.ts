import { ports } from "./guest.ts";

/** Where calls out of the guest go: a softphone of the test. */
export interface RouterConfig {
  readonly address: string;
  readonly peerPort: number;
}

/** So few that a long run has filled the log in its warm-up. */
const CALL_LOG = 50;

/** The house of the router test, two handsets and two ports; the gateway's and the devices' side read it alike. */
export function routerConfig({ address, peerPort }: RouterConfig): string {
  return `country = "DE"

[sip]
listen = "${address}:${ports.sip}"

[rtp]
port_min = ${ports.rtp}
port_max = ${ports.rtp + ports.rtpCount - 1}

[data]
call_log_size = ${CALL_LOG}

[usb]
enabled = true

[[line]]
name = "local"
mode = "direct"
user = "offhook"
server = "127.0.0.1:${peerPort}"

${[1, 2].map((n) => `[[handset]]\nnumber = "61${n}"\nname = "Handset ${n}"\n`).join("\n")}
${[1, 2].map((n) => `[[port]]\nnumber = "60${n}"\nname = "Port ${n}"\n`).join("\n")}
[[group]]
number = "600"

[[service]]
number = "690"
service = "echo"

[[contact]]
name = "Alice Softphone"
numbers = ["700"]

[[outgoing]]
pattern = "7xx"
line = "local"
`;
}
