import assert from "node:assert/strict";
import type { Command } from "../../src/message/command.ts";
import type { Event } from "../../src/message/event.ts";
import type { VoiceCommand } from "../../src/message/voice.ts";

/**
 * Watches events and commands go by and holds the house to its word: every setup gets exactly one release, every ring
 * one end, nothing is said to the dead, no voice path without owners, every timer ends.
 */
export class Invariants {
  /** SIP legs and CC transactions alive, and those released. */
  readonly #live = new Set<string>();
  readonly #released = new Set<string>();
  readonly #ringing = new Set<string>();
  readonly #timers = new Set<string>();
  readonly #open = new Set<string>();
  readonly #joined = new Map<string, string>();

  event(event: Event): void {
    if (event.world === "sip" && event.kind === "invited") this.#live.add(event.leg);
    if (event.world === "dect" && event.kind === "setup") this.#live.add(event.call);
    if (event.world === "voice" && event.kind === "ready") this.#joined.clear();
    if (event.world === "timer") this.#timers.delete(event.timer);
  }

  command(command: Command): void {
    switch (command.world) {
      case "sip":
        if (command.kind === "invite") this.#live.add(command.leg);
        return this.#talk(command.leg, command.kind === "release", JSON.stringify(command));
      case "dect":
        if (command.kind === "setup") this.#live.add(command.call);
        return this.#talk(command.call, command.kind === "release", JSON.stringify(command));
      case "fxs":
        return this.#ring(command.port, command.kind);
      case "timer":
        if (command.kind === "start") this.#timers.add(command.timer);
        else assert.ok(this.#timers.delete(command.timer), `${command.timer} cancelled twice or after it fired`);
        return;
      case "voice":
        return this.#voice(command);
      case "store":
      case "notify":
        return;
    }
  }

  #talk(id: string, release: boolean, said: string): void {
    assert.ok(!this.#released.has(id), `said to a released leg: ${said}`);
    assert.ok(this.#live.has(id), `said to a leg that never was: ${said}`);
    if (!release) return;
    this.#live.delete(id);
    this.#released.add(id);
  }

  #ring(port: string, kind: string): void {
    if (kind === "ring") {
      assert.ok(!this.#ringing.has(port), `${port} was told to ring while it rang`);
      this.#ringing.add(port);
    }
    if (kind === "stopRing") assert.ok(this.#ringing.delete(port), `${port} was told to stop a ring that was none`);
  }

  #voice(command: VoiceCommand): void {
    switch (command.kind) {
      case "openRtp":
      case "openUsb":
        this.#open.add(command.endpoint);
        return;
      case "close":
        assert.ok(this.#open.delete(command.endpoint), `${command.endpoint} closed while it was not open`);
        return assert.ok(!this.#joined.has(command.endpoint), `${command.endpoint} closed while joined`);
      case "join":
        for (const end of [command.a, command.b]) {
          assert.ok(this.#open.has(end), `${end} joined while it was not open`);
          assert.ok(!this.#joined.has(end), `${end} joined to two`);
        }
        this.#joined.set(command.a, command.b).set(command.b, command.a);
        return;
      case "part":
        assert.equal(this.#joined.get(command.a), command.b, "parted what was not joined");
        this.#joined.delete(command.a);
        this.#joined.delete(command.b);
        return;
      default:
        assert.ok(this.#open.has(command.endpoint), `${command.kind} on ${command.endpoint}, which is not open`);
    }
  }

  /** After the last call: nothing is left behind. */
  nothingLeft(): void {
    assert.deepEqual([...this.#live], [], "legs without a release");
    assert.deepEqual([...this.#ringing], [], "phones that still ring");
    assert.deepEqual([...this.#timers], [], "timers that still tick");
    assert.deepEqual([...this.#open], [], "voice endpoints still open");
    assert.deepEqual([...this.#joined], [], "voice paths still joined");
  }
}
