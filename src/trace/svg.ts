import type { Ladder } from "./ladder.ts";
import type { Lane, Rung } from "./rung.ts";
import { wrap } from "./visible.ts";

const lanes: Readonly<Record<Lane, number>> = { phone: 100, gateway: 450, provider: 800 };
const width = 900;
const lineHeight = 14;
/** Characters that fit between two lanes. */
const span = 46;

const colours: Readonly<Record<Rung["world"], string>> = {
  sip: "#1a5fb4",
  dect: "#26a269",
  fxs: "#a2734c",
  voice: "#77767b",
  timer: "#c64600",
  call: "#000000",
};

/** The picture as one SVG 1.1 document: nothing is loaded, nothing runs, every text is escaped. */
export function svgOf(ladder: Ladder): string {
  const parts: string[] = [];
  let y = 90;
  let last: number | null = null;
  for (const rung of ladder.rungs) {
    const lines = wrap(rung.text, span);
    const time = rung.at === last ? "" : `+${((rung.at - ladder.beganAt) / 1000).toFixed(3)}`;
    last = rung.at;
    if (time !== "") parts.push(text(74, y + lineHeight, "end", "#77767b", time));
    parts.push(drawn(rung, lines, y));
    y += lines.length * lineHeight + 8;
  }
  const end = ladder.end === null ? "the recording ends before the call does" : `over: ${ladder.end}`;
  const foot = text(width / 2, y + 24, "middle", "#000000", end);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 44}" viewBox="0 0 ${width} ${y + 44}" font-family="monospace" font-size="12">`,
    `<title>${escaped(ladder.title)}</title>`,
    `<rect width="${width}" height="${y + 44}" fill="#ffffff"/>`,
    text(20, 26, "start", "#000000", ladder.title),
    text(20, 44, "start", "#77767b", `began ${new Date(ladder.beganAt).toISOString()}`),
    ...Object.entries(lanes).map(([lane, x]) => pole(lane, x, y)),
    ...parts,
    foot,
    "</svg>",
  ].join("\n");
}

function pole(lane: string, x: number, y: number): string {
  return `${text(x, 72, "middle", "#000000", lane)}<path d="M${x} 80V${y}" stroke="#c0bfbc"/>`;
}

function drawn({ from, to, world }: Rung, lines: readonly string[], y: number): string {
  const colour = colours[world];
  const [a, b] = [lanes[from], lanes[to]];
  const below = y + lines.length * lineHeight + 3;
  if (a === b) {
    const dot = `<circle cx="${a}" cy="${y + 10}" r="3" fill="${colour}"/>`;
    return dot + lines.map((line, at) => text(a + 10, y + lineHeight * (at + 1), "start", colour, line)).join("");
  }
  const tip = b > a ? -7 : 7;
  const head = `M${b + tip} ${below - 4}L${b} ${below}L${b + tip} ${below + 4}`;
  const middle = (a + b) / 2;
  return (
    lines.map((line, at) => text(middle, y + lineHeight * (at + 1) - 2, "middle", colour, line)).join("") +
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
