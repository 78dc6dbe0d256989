import type { FamilyContext } from "../../family.ts";
import { decodeEventState, EVENT_STATE_LENGTH } from "../wire/control.ts";
import { EVENT_READ } from "../wire/descriptor.ts";
import { type DeviceEvent, decodeEventFrame } from "../wire/event-frame.ts";
import { wordsOf } from "./bus-fault.ts";
import type { Connection } from "./connection.ts";

/** A malformed event is asked for this often before it is skipped. */
const TRIES = 3;
/** A device that sends this many transfers in a row that are of no use is attached anew. */
const USELESS_MAX = 50;

/**
 * Reads events until the connection ends, in order and each exactly once: what is lost or broken is asked for again
 * (docs/device-protocol.md §6.2).
 */
export async function runEventLoop(
  connection: Connection,
  context: FamilyContext,
  handle: (event: DeviceEvent) => void,
): Promise<void> {
  const reader = new EventReader(connection, context, handle);
  while (!connection.over) {
    const read = await connection.readEvent(EVENT_READ);
    if (read.kind === "done") await reader.take(read.octets);
    else if (read.kind === "timeout") await reader.look();
  }
}

class EventReader {
  readonly #connection: Connection;
  readonly #context: FamilyContext;
  readonly #handle: (event: DeviceEvent) => void;
  #awaited = 0;
  #tries = 0;
  #useless = 0;

  constructor(connection: Connection, context: FamilyContext, handle: (event: DeviceEvent) => void) {
    this.#connection = connection;
    this.#context = context;
    this.#handle = handle;
  }

  async take(octets: Uint8Array): Promise<void> {
    const read = decodeEventFrame(octets);
    if (!read.ok) return this.#refuse(read.fault);
    const ahead = (read.value.sequence - this.#awaited) & 0xffff;
    if (ahead === 0) {
      this.#advance();
      this.#useless = 0;
      this.#handle(read.value.event);
      return;
    }
    this.#waste();
    // Behind: it was handled before, and came again with a replay.
    if (ahead < 0x8000) await this.#replay();
  }

  /** After a read that timed out, and may have taken an event with it. */
  async look(): Promise<void> {
    try {
      const state = decodeEventState(await this.#connection.ask("eventState", 0, 0, EVENT_STATE_LENGTH));
      if (!state.ok) return this.#context.report(`event state refused: ${state.fault}`);
      if (state.value.next !== this.#awaited) await this.#replay();
    } catch (error) {
      if (!this.#connection.over) this.#connection.fail(wordsOf(error));
    }
  }

  #advance(): void {
    this.#awaited = (this.#awaited + 1) & 0xffff;
    this.#tries = 0;
  }

  async #refuse(why: string): Promise<void> {
    this.#context.report(`event refused: ${why}`);
    this.#waste();
    this.#tries += 1;
    if (this.#tries >= TRIES) {
      this.#context.report("event skipped");
      this.#advance();
    }
    await this.#replay();
  }

  #waste(): void {
    this.#useless += 1;
    if (this.#useless > USELESS_MAX) this.#connection.fail("sends events that are of no use");
  }

  async #replay(): Promise<void> {
    try {
      await this.#connection.tell("eventReplay", this.#awaited, 0);
    } catch (error) {
      if (!this.#connection.over) this.#connection.fail(`events were lost (${wordsOf(error)})`);
    }
  }
}
