/** Where the parts of a test's house meet. */
export interface HouseConfig {
  readonly sipPort: number;
  /** First of 32 UDP ports for RTP. */
  readonly rtpPort: number;
  /** Where calls out go: a softphone or SIPp of the test. */
  readonly peerPort: number;
  /** `key = value` lines put into `[numbering]`. */
  readonly numbering?: string;
  /** The same for `[rtp]`. */
  readonly rtp?: string;
  /** Further sections, in TOML; rules here come before those of the house. */
  readonly extra?: string;
}

export const numbers = {
  everyone: "600",
  "handset:1": "611",
  "handset:2": "612",
  "handset:3": "613",
  "port:1": "601",
  "port:2": "602",
  echo: "690",
} as const;

/** The house of the embedded default, on ports of the test's own. */
export function houseConfig(config: HouseConfig): string {
  return `country = "DE"

[sip]
listen = "127.0.0.1:${config.sipPort}"

[rtp]
port_min = ${config.rtpPort}
port_max = ${config.rtpPort + 31}
${config.rtp ?? ""}

[usb]
enabled = false
emulate = true

[numbering]
${config.numbering ?? ""}

[[line]]
name = "local"
mode = "direct"
user = "offhook"
max_calls = 16
server = "127.0.0.1:${config.peerPort}"

${[1, 2, 3].map((n) => `[[handset]]\nnumber = "61${n}"\nname = "Handset ${n}"\n`).join("\n")}
${[1, 2].map((n) => `[[port]]\nnumber = "60${n}"\nname = "Port ${n}"\n`).join("\n")}
[[group]]
number = "600"

[[service]]
number = "690"
service = "echo"

[[contact]]
name = "Alice Softphone"
numbers = ["700", "alice"]
${config.extra ?? ""}
[[outgoing]]
name = "softphones"
pattern = "7xx"
line = "local"
`;
}
