import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { Program } from "./program.ts";
import type { Scratch } from "./scratch.ts";

export interface KamailioOptions {
  /** Users that may register, all with this password. */
  readonly password: string;
  /** Longest registration granted, s: short ones make refreshes come soon. */
  readonly maxExpiresSeconds: number;
}

/**
 * A real registrar and proxy server: Kamailio with digest authentication on REGISTER, location in memory, and calls
 * routed to whoever is registered. Its log says who registered (`REGISTERED user expires`) and whom it called.
 */
export class Kamailio {
  readonly port: number;
  readonly program: Program;
  readonly domain = "127.0.0.1";

  private constructor(program: Program, port: number) {
    this.program = program;
    this.port = port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  static async start(scratch: Scratch, options: KamailioOptions): Promise<Kamailio> {
    const folder = await scratch.folder("kamailio");
    const port = await freePorts(1);
    const config = join(folder, "kamailio.cfg");
    await writeFile(config, configuration(port, options));
    const args = ["-f", config, "-DD", "-E", "-m", "64", "-M", "8", "-w", folder, "-Y", folder];
    const program = new Program({ name: "kamailio", command: "/usr/sbin/kamailio", args });
    scratch.atEnd(() => program.stop());
    await program.says(/KAMAILIO READY/, 10_000);
    return new Kamailio(program, port);
  }

  /** Resolves at the n-th registration of the user. */
  async registered(user: string, times: number, deadlineMs: number): Promise<void> {
    const pattern = new RegExp(`(?:REGISTERED ${user} [\\s\\S]*?){${times}}`);
    await this.program.says(pattern, deadlineMs);
  }
}

function configuration(port: number, options: KamailioOptions): string {
  const modules = [
    "kex",
    "corex",
    "tm",
    "sl",
    "rr",
    "pv",
    "maxfwd",
    "textops",
    "siputils",
    "xlog",
    "usrloc",
    "registrar",
    "auth",
  ];
  return `#!KAMAILIO
debug=2
log_stderror=yes
memdbg=5
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules:/usr/lib/aarch64-linux-gnu/kamailio/modules:/usr/lib64/kamailio/modules"
${modules.map((name) => `loadmodule "${name}.so"`).join("\n")}
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "timer_interval", 1)
modparam("registrar", "max_expires", ${options.maxExpiresSeconds})
modparam("registrar", "min_expires", 1)
modparam("auth", "nonce_expire", 3600)

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here"); exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  t_check_trans();
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("$td", "${options.password}", "0")) { www_challenge("$td", "1"); exit; }
    if ($au != $tU) { sl_send_reply("403", "Forbidden"); exit; }
    save("location");
    xlog("L_ALERT", "REGISTERED $tU contact=$ct expires=$hdr(Expires)\\n");
    exit;
  }
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  record_route();
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
}

event_route[core:worker-one-init] { xlog("L_ALERT", "KAMAILIO READY\\n"); }
`;
}
