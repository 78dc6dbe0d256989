import type { Gateway } from "../gateway-contract.ts";
import type { Command as Left } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import { type Command, ofGateway } from "./command.ts";
import type { Done } from "./commands.ts";
import { refused, wrongUsage } from "./refusal.ts";

/** The answer to `freeze --step`: `event` null when none waited. */
export interface StepDone extends Done {
  readonly event: Event | null;
  readonly commands: readonly Left[];
  readonly waiting: number;
}

/** The queue of the running gateway stands still, moves by one event, goes on. */
export const freezeCommands: readonly Command[] = [
  {
    name: "freeze",
    args: "[--step]",
    help: "let the queue stand still between two events; --step: handle one",
    least: 0,
    most: 1,
    run: ofGateway(freeze),
  },
  { name: "resume", args: "", help: "let it go on", least: 0, most: 0, run: ofGateway(resume) },
];

/** What is being done waits its turn like everything else: nobody is told that it has happened. */
export function onceItMoves(gateway: Gateway, done: string): string {
  return gateway.queue.frozen() === null ? done : `${done} — after \`offhook resume\`: the queue is frozen`;
}

function freeze({ queue }: Gateway, [option]: readonly string[]): Done {
  if (option === "--step") return step(queue);
  if (option !== undefined) throw wrongUsage("write: offhook freeze [--step]");
  if (queue.frozen() !== null) throw refused("the queue is frozen already — go on with `offhook resume`");
  queue.freeze();
  return { done: "the queue is frozen: what happens waits until `offhook resume`" };
}

function step(queue: Gateway["queue"]): StepDone {
  if (queue.frozen() === null) throw refused("the queue moves — stop it first, with `offhook freeze`");
  const stepped = queue.step();
  const waiting = queue.frozen()?.waiting ?? 0;
  if (stepped === null) return { done: "no event waits", event: null, commands: [], waiting };
  const { event, commands } = stepped;
  const lines = commands.map((command) => `    -> ${JSON.stringify(command)}`);
  return { done: [JSON.stringify(event), ...lines, `${waiting} events wait`].join("\n"), event, commands, waiting };
}

function resume({ queue }: Gateway): Done {
  const frozen = queue.frozen();
  if (frozen === null) throw refused("the queue moves already");
  queue.resume();
  return { done: `the queue goes on, ${frozen.waiting} events waited` };
}
