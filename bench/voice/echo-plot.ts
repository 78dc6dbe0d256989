/** One line of the plot. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly seconds: number; readonly decibel: number }[];
}

/** A stretch of time that is shaded and named. */
export interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const WIDTH = 900;
const HEIGHT = 360;
const LEFT = 50;
const RIGHT = 120;
const TOP = 30;
const BOTTOM = 40;
const HIGHEST = 45;
const colours = ["#1b6ca8", "#d1495b", "#2e8b57", "#8a5fbf"];

/** Echo return loss enhancement over time as SVG. */
export function plot(title: string, seconds: number, curves: readonly Curve[], spans: readonly Span[]): string {
  const x = (at: number) => (LEFT + (at / seconds) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (db: number) =>
    (HEIGHT - BOTTOM - (Math.max(0, Math.min(HIGHEST, db)) / HIGHEST) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const text = (at: string, up: string, anchor: string, words: string, colour = "#444") =>
    `<text x="${at}" y="${up}" text-anchor="${anchor}" fill="${colour}">${words}</text>`;
  const shades = spans.map(
    ({ name, from, to }) =>
      `<rect x="${x(from)}" y="${TOP}" width="${Number(x(to)) - Number(x(from))}" height="${HEIGHT - TOP - BOTTOM}" fill="#eee"/>` +
      text(x((from + to) / 2), `${TOP + 14}`, "middle", name),
  );
  const rows = [0, 10, 20, 30, 40].map(
    (db) =>
      `<line x1="${x(0)}" y1="${y(db)}" x2="${x(seconds)}" y2="${y(db)}" stroke="#ccc"/>` +
      text(`${LEFT - 6}`, `${Number(y(db)) + 4}`, "end", `${db} dB`),
  );
  const columns = Array.from({ length: seconds + 1 }, (_, n) =>
    text(x(n), `${HEIGHT - BOTTOM + 16}`, "middle", `${n}`),
  );
  const lines = curves.map(({ points }, n) => {
    const path = points.map(({ seconds: at, decibel }) => `${x(at)},${y(decibel)}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${colours[n]}" stroke-width="1.5"/>`;
  });
  const names = curves.map(({ name }, n) =>
    text(`${WIDTH - RIGHT + 8}`, `${TOP + 20 + 18 * n}`, "start", name, colours[n]),
  );
  const parts = [...shades, ...rows, ...columns, ...lines, ...names];
  parts.push(text(`${LEFT}`, "18", "start", title), text(x(seconds / 2), `${HEIGHT - 6}`, "middle", "seconds"));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${parts.join("\n")}</svg>\n`;
}
