import { ConfigFaults, showFault } from "../../src/config/fault.ts";
import { readConfig } from "../../src/config/read-config.ts";

/** The faults of a configuration, as people see them; none when it is good. */
export function faultsOf(toml: string): readonly string[] {
  try {
    readConfig(toml);
    return [];
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults.map(showFault);
    throw error;
  }
}

/** A small house that is good: one line of each mode, two phones, a group. */
export const house = `
[[line]]
name = "office"
user = "4930123456"
registrar = "sip.example.com"
password = "swordfish"

[[line]]
name = "local"
mode = "direct"
user = "house"
server = "127.0.0.1:5070"

[[handset]]
number = "611"

[[port]]
number = "601"

[[group]]
number = "600"
`;
