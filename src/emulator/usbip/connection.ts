import type { Duplex } from "node:stream";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../../vendor/clock/clock.ts";
import type { Importer } from "./importer.ts";
import { Intake, type Want } from "./intake.ts";
import { COMMAND_LENGTH, decodeCommand, type Submit } from "./wire/command.ts";
import {
  BUSID_LENGTH,
  decodeBusid,
  decodeOperation,
  deviceId,
  type ExportedDevice,
  encodeImported,
  encodeList,
  encodeOperation,
  OPERATION_LENGTH,
  operations,
  replies,
  VERSION,
} from "./wire/operation.ts";

/** Longest transfer taken, octets: far above the longest frame of a device, and what a hostile header may reserve. */
const LONGEST_TRANSFER = 256 * 1024;
/** A command or request that has begun is complete by then, and a new client has said what it wants. */
const PATIENCE_MS = 10_000;
/** Answers that may wait for a client that does not read them, octets. */
const MOST_OWED = 1024 * 1024;

/** What a client can be given. */
export interface Counter {
  list(): readonly ExportedDevice[];
  /** Gives the device to this client, or says why not. */
  take(busid: string, client: Connection): Taken | keyof typeof replies;
}

/** A device that a client has got. */
export interface Taken {
  readonly device: ExportedDevice;
  readonly importer: Importer;
}

export interface ConnectionContext {
  readonly clock: Clock;
  readonly counter: Counter;
  /** Refused input of a peer, in words. */
  report(peer: string, problem: string): void;
}

/**
 * A USB/IP client: it asks for the list, or imports a device and sends commands to it until it goes. Whatever is
 * malformed ends the connection, and nothing else.
 *
 *   client                                       server
 *     |-- OP_REQ_DEVLIST ------------------------->|
 *     |<- OP_REP_DEVLIST --------------------------|   and the connection ends
 *
 *     |-- OP_REQ_IMPORT 1-1 ---------------------->|   plugged in
 *     |<- OP_REP_IMPORT ---------------------------|
 *     |-- CMD_SUBMIT 1 (IN), CMD_SUBMIT 2 (OUT) -->|
 *     |<- RET_SUBMIT 2 ----------------------------|
 *     |-- CMD_UNLINK 3 of 1 ---------------------->|
 *     |<- RET_UNLINK 3 ----------------------------|   or RET_SUBMIT 1 was under way: status 0
 *     X                                            |   unplugged
 */
export class Connection {
  readonly peer: string;
  readonly #stream: Duplex;
  readonly #context: ConnectionContext;
  readonly #intake: Intake;
  #taken: Taken | null = null;
  #patience: Cancel | null = null;
  /** Between two commands: nothing is owed. */
  #resting = false;
  /** How often it was. */
  #rests = 0;
  /** It has all it asked for, and is to go. */
  #answered = false;
  #closed = false;
  /** Told once, when it has ended. */
  onClosed: () => void = () => {};

  constructor(stream: Duplex, peer: string, context: ConnectionContext) {
    this.#stream = stream;
    this.peer = peer;
    this.#context = context;
    this.#intake = new Intake({ octets: OPERATION_LENGTH, take: (octets) => this.#operation(octets) });
    stream.on("data", (chunk: Buffer) => this.#read(chunk));
    stream.on("end", () => this.close());
    stream.on("error", () => this.close());
    stream.on("close", () => this.close());
    this.#watchPatience();
  }

  /** Ends the connection; its device is pulled out. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#patience?.();
    this.#taken?.importer.close();
    this.#stream.destroy();
    this.onClosed();
  }

  /** Ends it because of what the peer did. */
  refuse(problem: string): void {
    if (this.#closed) return;
    this.#context.report(this.peer, `${problem} — its connection is closed`);
    this.close();
  }

  send(octets: Buffer): void {
    if (this.#closed) return;
    this.#stream.write(octets);
    if (this.#stream.writableLength > MOST_OWED) this.refuse("does not read the answers to its own commands");
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return;
    const rests = this.#rests;
    this.#intake.push(chunk);
    if (this.#patience === null || this.#rests > rests) this.#watchPatience();
  }

  /** Whatever has begun has its time from its first octet, however slowly the others come. */
  #watchPatience(): void {
    this.#patience?.();
    this.#patience = null;
    if (this.#closed || (this.#resting && !this.#intake.midway)) return;
    this.#patience = this.#context.clock.after(ms(PATIENCE_MS), () => {
      if (this.#answered) this.close();
      else this.refuse(`was not done with a request after ${PATIENCE_MS / 1000} s`);
    });
  }

  #operation(octets: Buffer): Want {
    const { version, code } = decodeOperation(octets);
    if (version !== VERSION) return this.#wrong(`speaks USB/IP version 0x${version.toString(16)}, not 0x111`);
    if (code === operations.requestImport)
      return { octets: BUSID_LENGTH, take: (name) => this.#import(decodeBusid(name)) };
    if (code !== operations.requestList) return this.#wrong(`asks for operation 0x${code.toString(16)}`);
    return this.#dismiss(encodeList(this.#context.counter.list()));
  }

  #import(busid: string): Want {
    const taken = this.#context.counter.take(busid, this);
    if (typeof taken === "string") return this.#dismiss(encodeOperation(operations.replyImport, replies[taken]));
    this.#taken = taken;
    this.send(encodeImported(taken.device));
    return this.#nextCommand(taken);
  }

  #nextCommand(taken: Taken): Want {
    if (this.#closed) return null;
    this.#resting = true;
    this.#rests += 1;
    return { octets: COMMAND_LENGTH, take: (octets) => this.#command(taken, octets) };
  }

  #dismiss(reply: Buffer): null {
    this.#answered = true;
    this.#stream.end(reply);
    return null;
  }

  #command(taken: Taken, octets: Buffer): Want {
    this.#resting = false;
    const command = decodeCommand(octets);
    if (typeof command === "string") return this.#wrong(`sent what is no command: ${command}`);
    if (command.device !== deviceId(taken.device))
      return this.#wrong(`sent a command to device 0x${command.device.toString(16)}, which it has not imported`);
    if (command.kind === "submit") return this.#submit(taken, command);
    taken.importer.unlink(command);
    return this.#nextCommand(taken);
  }

  #submit(taken: Taken, command: Submit): Want {
    const { length, direction } = command;
    if (length > LONGEST_TRANSFER)
      return this.#wrong(`sent a transfer of ${length} octets, more than ${LONGEST_TRANSFER}`);
    const take = (data: Buffer): Want => {
      const problem = taken.importer.submit(command, data);
      return problem === null ? this.#nextCommand(taken) : this.#wrong(`sent a transfer that is refused: ${problem}`);
    };
    return direction === "out" && length > 0 ? { octets: length, take } : take(Buffer.alloc(0));
  }

  #wrong(problem: string): null {
    this.refuse(problem);
    return null;
  }
}
