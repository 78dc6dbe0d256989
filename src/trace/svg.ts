import { footOf, headOf, pauseBetween, timeOf } from "./captions.ts";
import type { Ladder } from "./ladder.ts";
import type { Lane, Rung } from "./rung.ts";
import { wrap } from "./visible.ts";

const lanes: Readonly<Record<Lane, number>> = { phone: 100, gateway: 450, provider: 800 };
const width = 900;
const lineHeight = 14;
/** Characters that fit between two lanes, and into a line of the whole width. */
const [span, line] = [46, 118];
const pauseHeight = 26;

/** All can be read on white (WCAG 2.2 §1.4.3: 4.5 to 1). */
const colours: Readonly<Record<Rung["world"], string>> = {
  sip: "#1a5fb4",
  dect: "#1b7a4e",
  fxs: "#865e3c",
  voice: "#5e5c64",
  timer: "#b03d00",
  call: "#000000",
};
const grey = "#5e5c64";
const paper = "#ffffff";

/**
 * The picture as one SVG 1.1 document: nothing is loaded, nothing runs, every text is escaped. For who can not see it, it
 * has a title and a description; under the pointer each rung tells its moment, and the event of the recording.
 */
export function svgOf(ladder: Ladder): string {
  const head = [...wrap(ladder.title, line), ...headOf(ladder).flatMap((text) => wrap(text, line))];
  const top = 30 + head.length * 18;
  const { parts, bottom } = rungsOf(ladder, top + 30);
  // Of its own, for a page that shows several.
  const id = ladder.call.replace(":", "-");
  const foot = footOf(ladder).flatMap((text) => wrap(text, line));
  const height = bottom + 20 + foot.length * 18;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escaped(ladder.title)}</title>`,
    `<desc id="${id}-desc">${escaped(described(ladder))}</desc>`,
    `<rect width="${width}" height="${height}" fill="${paper}"/>`,
    ...head.map((words, at) => text(20, 26 + at * 18, "start", at === 0 ? "#000000" : grey, words)),
    ...Object.entries(lanes).map(([lane, x]) => pole(lane, x, top, bottom)),
    ...parts,
    ...foot.map((words, at) => text(width / 2, bottom + 24 + at * 18, "middle", "#000000", words)),
    "</svg>",
  ].join("\n");
}

function described({ rungs, ...ladder }: Ladder): string {
  const [foot = ""] = footOf({ rungs, ...ladder });
  return `A call between phone, gateway and provider in ${rungs.length} steps from top to bottom. ${foot}.`;
}

function rungsOf(
  { rungs, beganAt }: Ladder,
  top: number,
): { readonly parts: readonly string[]; readonly bottom: number } {
  const parts: string[] = [];
  let y = top;
  let last: Rung["at"] | null = null;
  for (const rung of rungs) {
    const pause = pauseBetween(last, rung.at);
    if (pause !== null) {
      parts.push(paused(pause, y));
      y += pauseHeight;
    }
    const lines = wrap(rung.text, span);
    const time = rung.at === last ? "" : text(74, y + lineHeight, "end", grey, timeOf(rung.at, beganAt));
    last = rung.at;
    const about = `${new Date(rung.at).toISOString()}, event ${rung.n}: ${rung.text}`;
    parts.push(`<g><title>${escaped(about)}</title>${time}${drawn(rung, lines, y)}</g>`);
    y += lines.length * lineHeight + 8;
  }
  return { parts, bottom: y };
}

function pole(lane: string, x: number, top: number, bottom: number): string {
  return `${text(x, top + 10, "middle", "#000000", lane)}<path d="M${x} ${top + 18}V${bottom}" stroke="#c0bfbc"/>`;
}

/** The poles are broken where time is left out. */
function paused(pause: string, y: number): string {
  const [from, to] = [y + 4, y + pauseHeight - 4];
  const gaps = Object.values(lanes).map(
    (x) =>
      `<path d="M${x} ${from}V${to}" stroke="${paper}" stroke-width="3"/>` +
      `<path d="M${x} ${from}V${to}" stroke="${grey}" stroke-dasharray="2 4"/>`,
  );
  return gaps.join("") + text(lanes.gateway + 10, y + pauseHeight - 9, "start", grey, pause);
}

function drawn({ from, to, world }: Rung, lines: readonly string[], y: number): string {
  const colour = colours[world];
  const [a, b] = [lanes[from], lanes[to]];
  const below = y + lines.length * lineHeight + 3;
  if (a === b) {
    const dot = `<circle cx="${a}" cy="${y + 10}" r="3" fill="${colour}"/>`;
    return dot + lines.map((words, at) => text(a + 10, y + lineHeight * (at + 1), "start", colour, words)).join("");
  }
  const tip = b > a ? -7 : 7;
  const head = `M${b + tip} ${below - 4}L${b} ${below}L${b + tip} ${below + 4}`;
  const middle = (a + b) / 2;
  return (
    lines.map((words, at) => text(middle, y + lineHeight * (at + 1) - 2, "middle", colour, words)).join("") +
    `<path d="M${a} ${below}H${b}${head}" stroke="${colour}" fill="none"/>`
  );
}

function text(x: number, y: number, anchor: "start" | "middle" | "end", colour: string, words: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colour}">${escaped(words)}</text>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(words: string): string {
  return words.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? "");
}
