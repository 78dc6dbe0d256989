import { ms } from "../../../message/units.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Connection } from "../../reference/host/connection.ts";
import {
  ALIVE,
  BATTERY_UP,
  direct,
  indirect,
  linefeeds,
  loop,
  ringAmplitude,
  ringCoefficient,
} from "../../reference/wire/slic.ts";

const RING_PEAK_VOLTS = 70;
const FIRST_FREQUENCY_HZ = 25;
const ALL = 0xff;

/** The registers of one port's SLIC. Accesses are carried out in the order they are called. */
export class Slic {
  readonly port: number;
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock, port: number) {
    this.#connection = connection;
    this.#clock = clock;
    this.port = port;
  }

  async read(register: number): Promise<number> {
    const [octet] = await this.#connection.ask("slicRead", register, this.port, 1);
    if (octet === undefined) throw new Error(`register ${register} was answered by nothing`);
    return octet;
  }

  write(register: number, octet: number): Promise<void> {
    return this.#connection.tell("slicWrite", register, this.port, Uint8Array.of(octet));
  }

  writeIndirect(register: number, word: number): Promise<void> {
    const octets = Uint8Array.of(word & 0xff, word >> 8);
    return this.#connection.tell("slicWriteIndirect", register, this.port, octets);
  }

  async setRingFrequency(frequencyHz: number): Promise<void> {
    await Promise.all([
      this.writeIndirect(indirect.ringFrequency, ringCoefficient(frequencyHz)),
      this.writeIndirect(indirect.ringAmplitude, ringAmplitude(frequencyHz, RING_PEAK_VOLTS)),
    ]);
  }

  /**
   * Brings the port up from reset (docs/device-protocol.md §7.3).
   * Returns whether its phone is off-hook. Rejects with a sentence when the SLIC or its supply does not work.
   */
  async bringUp(): Promise<boolean> {
    await this.#connection.tell("slicReset", 0, this.port);
    const alive = await this.read(direct.hybrid);
    if (alive !== ALIVE)
      throw new Error(`port ${this.port}: SLIC does not answer (DR 11 reads 0x${alive.toString(16)})`);
    await this.#power();
    await this.#calibrate();
    await this.#configure();
    await this.write(direct.linefeed, linefeeds.forwardActive);
    const status = await this.read(direct.loopStatus);
    if (status & loop.reserved)
      throw new Error(`port ${this.port}: loop status is impossible (0x${status.toString(16)})`);
    return (status & loop.closed) !== 0;
  }

  async #power(): Promise<void> {
    await this.write(direct.linefeed, linefeeds.open);
    await this.write(direct.loopback, 0);
    await this.write(direct.powerDown, 0);
    const up = await this.#until(direct.batterySense, (steps) => steps >= BATTERY_UP, 10, 10);
    if (!up) throw new Error(`port ${this.port}: the line supply does not reach 60 V - look at the power supply`);
  }

  async #calibrate(): Promise<void> {
    await this.#all([
      [direct.interruptEnable1, 0],
      [direct.interruptEnable2, 0],
      [direct.interruptEnable3, 0],
      [direct.calibrationSelect, 0x1e],
      [direct.calibrationStart, 0x47],
    ]);
    const done = await this.#until(direct.calibrationStart, (busy) => busy === 0, 100, 20);
    if (!done) throw new Error(`port ${this.port}: the SLIC does not finish its calibration`);
  }

  async #configure(): Promise<void> {
    await this.writeIndirect(indirect.ringOffset, 0);
    await this.writeIndirect(indirect.ringPhase, 0);
    await this.setRingFrequency(FIRST_FREQUENCY_HZ);
    await this.#all([
      [direct.ringControl, 0],
      [direct.ringingDebounce, 0x54],
      [direct.automatic, 0x1f],
      [direct.loopDebounce, 0x0a],
      [direct.ringTripDebounce, 0x0a],
      [direct.loopCurrent, 0],
      [direct.interruptStatus1, ALL],
      [direct.interruptStatus2, ALL],
      [direct.interruptStatus3, ALL],
      [direct.interruptEnable1, 0],
      [direct.interruptEnable2, ALL],
      [direct.interruptEnable3, 0x01],
    ]);
  }

  async #all(writes: readonly (readonly [register: number, octet: number])[]): Promise<void> {
    for (const [register, octet] of writes) await this.write(register, octet);
  }

  async #until(register: number, enough: (octet: number) => boolean, looks: number, everyMs: number): Promise<boolean> {
    for (let look = 0; look < looks; look++) {
      if (enough(await this.read(register))) return true;
      await new Promise<void>((resolve) => {
        this.#clock.after(ms(everyMs), resolve);
      });
    }
    return enough(await this.read(register));
  }
}
