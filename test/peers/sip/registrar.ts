import { freePorts } from "../harness/free-ports.ts";
import { Program } from "../harness/program.ts";
import type { Scratch } from "../harness/scratch.ts";

/** Kamailio with `kamailio.cfg`: users `anna` and `bert`, password `open sesame`, realm `house.test`, 8 s at most. */
export interface Registrar {
  readonly port: number;
  readonly program: Program;
}

export async function startRegistrar(scratch: Scratch, algorithm: "MD5" | "SHA-256"): Promise<Registrar> {
  const folder = await scratch.folder("registrar");
  const port = await freePorts(1);
  const config = new URL("kamailio.cfg", import.meta.url).pathname;
  const options = algorithm === "SHA-256" ? ["-A", "SHA256"] : [];
  const place = ["-l", `udp:127.0.0.1:${port}`, "-w", folder, "-Y", folder];
  const args = ["-f", config, ...options, ...place, "-DD", "-E", "-m", "32", "-M", "8"];
  const program = new Program({ name: "kamailio", command: "/usr/sbin/kamailio", args });
  scratch.atEnd(() => program.stop());
  await program.says(/KAMAILIO READY/, 15_000);
  return { port, program };
}
