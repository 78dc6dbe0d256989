import { createRequire } from "node:module";
import { constants } from "node:os";
import { type Kind, tally } from "./tally.ts";

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

interface Library {
  func(name: string, ...rest: unknown[]): unknown;
}

interface Koffi {
  load(path: null): Library;
  errno(value: number): number;
}

/** The system calls that the voice worker makes by koffi can fail. Where koffi is not installed there are none. */
export function wrapSystemCalls(): void {
  const koffi = loadKoffi();
  if (koffi === null) return;
  const { load } = koffi;
  koffi.load = (path) => {
    const library = load(path);
    return { func: (name, ...rest) => wrapped(koffi, name, library.func(name, ...rest) as Call) };
  };
}

function wrapped(koffi: Koffi, name: string, real: Call): Call {
  const kind = kindOf[name];
  if (kind === undefined) return real;
  const codes = errors[kind] ?? [EIO];
  return (...args) => {
    const way = tally.next(kind);
    if (way === null) return real(...args);
    // What fails in closing is closed all the same (close(2)).
    if (name === "close") real(...args);
    koffi.errno(codes[way % codes.length] ?? EIO);
    return -1;
  };
}

function loadKoffi(): Koffi | null {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch {
    return null;
  }
}
