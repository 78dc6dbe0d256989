/** In the place of the package koffi (koffi-hook.mjs): the system calls that the voice worker makes can fail. */
import { constants } from "node:os";
import { errno, load as really } from "koffi";
import { type Kind, tally } from "./tally.ts";

export * from "koffi";

type Call = (...args: unknown[]) => unknown;

/** What the batched edge calls; others are not wrapped. */
const kindOf: Readonly<Record<string, Kind>> = {
  sendmmsg: "rtp send",
  send: "rtp send",
  recvmmsg: "rtp receive",
  recv: "rtp receive",
  epoll_wait: "rtp receive",
  ppoll: "rtp receive",
  socket: "rtp socket",
  bind: "rtp socket",
  connect: "rtp socket",
  setsockopt: "rtp socket",
  close: "rtp socket",
  epoll_create1: "rtp socket",
  epoll_ctl: "rtp socket",
};

const { ECONNREFUSED, ENOBUFS, EMFILE, ENOMEM, EIO } = constants.errno;
const errors: Readonly<Record<string, readonly number[]>> = {
  "rtp send": [ECONNREFUSED, ENOBUFS],
  "rtp receive": [ECONNREFUSED, ENOMEM],
  "rtp socket": [EMFILE, ENOMEM],
};

/** Instead of koffi's. */
export function load(...args: Parameters<typeof really>): ReturnType<typeof really> {
  const library = really(...args);
  const func = (name: string, ...rest: unknown[]): Call =>
    wrapped(name, Reflect.apply(library.func, library, [name, ...rest]) as Call);
  return new Proxy(library, {
    get: (target, key) => (key === "func" ? func : Reflect.get(target, key, target)),
  });
}

function wrapped(name: string, real: Call): Call {
  const kind = kindOf[name];
  if (kind === undefined) return real;
  const codes = errors[kind] ?? [EIO];
  return (...args) => {
    const way = tally.next(kind);
    if (way === null) return real(...args);
    // What fails in closing is closed all the same (close(2)).
    if (name === "close") real(...args);
    errno(codes[way % codes.length] ?? EIO);
    return -1;
  };
}
