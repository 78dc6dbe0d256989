/** An FSK receiver as a phone has it: correlators for both tones over one bit, and an asynchronous receiver after them. */
export interface Modem {
  readonly markHz: number;
  readonly spaceHz: number;
}

const SAMPLES_PER_BIT = 8000 / 1200;

export interface Demodulated {
  readonly octets: readonly number[];
  readonly seizureBits: number;
  readonly markBits: number;
}

export function demodulate(samples: Int16Array, modem: Modem): Demodulated {
  const last = samples.findLastIndex((sample) => sample !== 0);
  const mark = energy(samples, modem.markHz);
  const space = energy(samples, modem.spaceHz);
  const bit = (position: number) => {
    const at = Math.round(position);
    return (mark[at] ?? 0) >= (space[at] ?? 0) ? 1 : 0;
  };
  const seizure = seizureLength(bit, last);
  const first = nextFall(bit, seizure.end + SAMPLES_PER_BIT * 20, last);
  const octets: number[] = [];
  for (let start = first; start < last; start = nextFall(bit, start + 9.3 * SAMPLES_PER_BIT, last)) {
    const bits = Array.from({ length: 8 }, (_, n) => bit(start + (n + 1.5) * SAMPLES_PER_BIT));
    if (bit(start + 9.5 * SAMPLES_PER_BIT) !== 1) throw new Error(`no stop bit after octet ${octets.length}`);
    octets.push(bits.reduce<number>((octet, value, n) => octet | (value << n), 0));
  }
  return {
    octets,
    seizureBits: Math.round(seizure.end / SAMPLES_PER_BIT),
    markBits: Math.round((first - seizure.end) / SAMPLES_PER_BIT),
  };
}

/** Energy of one frequency in a window of one bit around each sample. */
function energy(samples: Int16Array, hertz: number): Float64Array {
  const half = 3;
  return Float64Array.from(samples, (_, centre) => {
    let real = 0;
    let imaginary = 0;
    for (let n = centre - half; n <= centre + half; n++) {
      real += (samples[n] ?? 0) * Math.cos((2 * Math.PI * hertz * n) / 8000);
      imaginary += (samples[n] ?? 0) * Math.sin((2 * Math.PI * hertz * n) / 8000);
    }
    return real * real + imaginary * imaginary;
  });
}

/** The channel seizure ends where mark lasts longer than three bits. */
function seizureLength(bit: (at: number) => number, last: number): { readonly end: number } {
  let since = 0;
  for (let at = 0; at < last; at++) {
    if (bit(at) === 0) since = at + 1;
    // The last bit of the seizure is a mark itself.
    if (at - since > 3 * SAMPLES_PER_BIT) return { end: since + SAMPLES_PER_BIT };
  }
  return { end: last };
}

/** Where mark turns into space; `last` when it does not. */
function nextFall(bit: (at: number) => number, from: number, last: number): number {
  for (let at = Math.round(from); at < last; at++) if (bit(at) === 1 && bit(at + 1) === 0) return at + 0.5;
  return last;
}
