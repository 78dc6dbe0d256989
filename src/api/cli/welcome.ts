import type { Config } from "../../config/config.ts";
import { version } from "../version.ts";
import { table } from "./table.ts";

/** What is there and what to try next. */
export function welcome(config: Config, dir: string, name: string): string {
  const { house, sip } = config;
  const phones = house.phones.map(({ number, phone, name: called }) => [number, phone, called]);
  const groups = house.groups.map(({ number, members }) => [
    number,
    "group",
    members.length === house.phones.length ? "all phones" : members.join(", "),
  ]);
  const services = house.services.map(({ number, service }) => [number, "service", service]);
  const at = sip.listen.address.includes(":") ? `[${sip.listen.address}]` : sip.listen.address;
  return [
    `Offhook ${version}: SIP on ${at}:${sip.listen.port}, data in ${dir}`,
    "",
    indent(
      table(["NUMBER", "WHAT", "NAME"], [...phones, ...groups, ...services], "no phones yet — see docs/config.md"),
    ),
    "",
    "Try next, in another terminal:",
    ...suggestions(config, at, name).map(([what, why]) => `  ${what.padEnd(46)} ${why}`.trimEnd()),
    "",
    "Stop with Ctrl-C.",
  ].join("\n");
}

function suggestions(config: Config, at: string, name: string): (readonly [string, string])[] {
  const { house, sip, emulator } = config;
  const port = sip.listen.port === 5060 ? "" : `:${sip.listen.port}`;
  const [first] = house.phones;
  const called = house.groups[0]?.number ?? first?.number;
  const direct = house.lines.some(({ registers }) => !registers);
  const analog = house.phones.find(({ phone }) => phone.startsWith("port:"));
  const echo = house.services.find(({ service }) => service === "echo");
  const lines: (readonly [string, string])[] = [];
  if (direct && called !== undefined)
    lines.push([
      `baresip -e "/uanew <sip:700@${at}>;regint=0" -e "/dial sip:${called}@${at}${port}"`,
      "a softphone calls the house",
    ]);
  if (emulator !== null && first !== undefined) lines.push([`${name} phone ${first.phone} offhook`, "answer it"]);
  if (emulator !== null && analog !== undefined && echo !== undefined)
    lines.push([`${name} phone ${analog.phone} dial ${echo.number}`, "call the echo from an analog phone"]);
  return [...lines, [`${name} events --follow`, "see what happens"], [`${name} help`, ""]];
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
