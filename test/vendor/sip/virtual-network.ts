import type { Address } from "../../../src/message/media.ts";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import type { Flow } from "../../../src/vendor/sip/hub/socket.ts";

/** A datagram under way. */
export interface Passing {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** `INVITE`, or `180 INVITE` for a response. */
  readonly what: string;
}

/** UDP without sockets: every datagram takes 1 ms of virtual time, unless `lose` says that it is lost. */
export class VirtualNetwork {
  readonly clock = new VirtualClock(1_000_000);
  /** Everything sent, in order, the lost ones too. */
  readonly passed: Passing[] = [];
  lose: (passing: Passing) => boolean = () => false;
  readonly #receivers = new Map<string, (datagram: Uint8Array, source: Address) => void>();

  flow(local: Address): Flow {
    return {
      local,
      send: (text, destination) => this.send(local, text, destination),
      listen: (receiver) => this.#receivers.set(nameOf(local), receiver),
      close: async () => {
        this.#receivers.delete(nameOf(local));
      },
    };
  }

  send(from: Address, datagram: string | Uint8Array, to: Address): void {
    const text = typeof datagram === "string" ? datagram : Buffer.from(datagram).toString("latin1");
    const passing = { from: nameOf(from), to: nameOf(to), text, what: whatIs(text) };
    this.passed.push(passing);
    if (this.lose(passing)) return;
    this.clock.after(ms(1), () => this.#receivers.get(nameOf(to))?.(Buffer.from(datagram), from));
  }

  /** What was sent from `from`, by name, in order. */
  ladder(from?: Address): string[] {
    return this.passed.filter((passing) => from === undefined || passing.from === nameOf(from)).map(({ what }) => what);
  }

  /** Lets virtual time pass in steps, with a turn for promises between them. */
  async pass(milliseconds: number): Promise<void> {
    const step = Math.max(5, milliseconds / 200);
    for (let left = milliseconds; left > 0; left -= step) {
      this.clock.advance(ms(Math.min(step, left)));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}

export function nameOf({ address, port }: Address): string {
  return `${address}:${port}`;
}

function whatIs(text: string): string {
  const method = /^CSeq: *\d+ +(\S+)/im.exec(text)?.[1] ?? "?";
  const status = /^SIP\/2\.0 (\d{3})/.exec(text)?.[1];
  return status === undefined ? (/^\S+/.exec(text)?.[0] ?? "?") : `${status} ${method}`;
}
