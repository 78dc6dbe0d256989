import type { Gateway } from "../gateway-contract.ts";
import { type Command, ofGateway, type Stream } from "./command.ts";
import { wrongUsage } from "./refusal.ts";

/** `events`: the last facts; with `--follow` every one that comes, until the reader goes. */
export const eventsCommand: Command = {
  name: "events",
  args: "[--follow]",
  help: "what happened, and with --follow what happens",
  least: 0,
  most: 1,
  run: ofGateway(runEvents),
};

function runEvents(gateway: Gateway, args: readonly string[], stream: Stream): unknown {
  const [flag] = args;
  if (flag === undefined) return gateway.recentFacts();
  if (flag !== "--follow") throw wrongUsage("write: offhook events [--follow]");
  return new Promise((resolve) => {
    const stop = gateway.onFact((fact, at) => stream.send({ at, fact }));
    stream.onClose(() => {
      stop();
      resolve(null);
    });
  });
}
