import { writeFileSync } from "node:fs";
import type { Sample } from "./load";

/** Ready pods over time, and with the answers of the same time a picture of both. */
export class Timeline {
  private readonly points: { at: number; pods: number }[] = [];
  private over = false;
  private readonly counting: Promise<void>;

  /** Starts to count, each second. */
  constructor(count: () => Promise<number>) {
    this.counting = (async () => {
      while (!this.over) {
        this.points.push({ at: Date.now(), pods: await count() });
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    })();
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.counting;
  }

  /** Writes the picture as SVG: pods as steps above, requests a second and the 95th percentile of latency below. */
  write(file: string, samples: readonly Sample[]): void {
    const start = this.points[0]?.at ?? 0;
    const end = this.points.at(-1)?.at ?? 0;
    const seconds = Math.max(1, (end - start) / 1000);
    const slots = slotsOf(samples, start, seconds);
    const charts = [
      chart(0, "ready pods", seconds, steps(this.points, start)),
      chart(
        1,
        "requests a second",
        seconds,
        slots.map(({ at, rate }) => [at, rate]),
      ),
      chart(
        2,
        "p95 of latency, ms (without streams)",
        seconds,
        slots.map(({ at, p95 }) => [at, p95]),
      ),
    ];
    writeFileSync(
      file,
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT * 3 + 30}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${charts.join("\n")}
<text x="${WIDTH / 2}" y="${HEIGHT * 3 + 20}" text-anchor="middle" fill="#444">seconds</text>
</svg>
`,
    );
  }
}

const WIDTH = 720;
const HEIGHT = 150;
const LEFT = 50;
const RIGHT = 15;
const TOP = 28;
/** Seconds that are one point of the lower charts. */
const SLOT = 5;

type Point = readonly [seconds: number, value: number];

function slotsOf(
  samples: readonly Sample[],
  start: number,
  seconds: number,
): { at: number; rate: number; p95: number }[] {
  return Array.from({ length: Math.floor(seconds / SLOT) }, (_, index) => {
    const from = start + index * SLOT * 1000;
    const within = samples.filter(({ end }) => end >= from && end < from + SLOT * 1000);
    const times = within
      .filter(({ kind }) => kind !== "stream")
      .map((sample) => sample.end - sample.start)
      .sort((a, b) => a - b);
    return {
      at: (index + 0.5) * SLOT,
      rate: within.length / SLOT,
      p95: times[Math.floor(times.length * 0.95)] ?? 0,
    };
  });
}

function steps(points: readonly { at: number; pods: number }[], start: number): Point[] {
  return points.flatMap(({ at, pods }, index) => {
    const seconds = (at - start) / 1000;
    const before = points[index - 1]?.pods ?? pods;
    return before === pods
      ? [[seconds, pods] as const]
      : [[seconds, before] as const, [seconds, pods] as const];
  });
}

function chart(row: number, title: string, seconds: number, points: readonly Point[]): string {
  const top = row * HEIGHT + TOP;
  const bottom = (row + 1) * HEIGHT - 18;
  const most = ceiling(Math.max(1, ...points.map(([, value]) => value)));
  const x = (at: number) => LEFT + (at / seconds) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => bottom - (value / most) * (bottom - top);
  const line = points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const marks = [0, most / 2, most].map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>
<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end" fill="#444">${value}</text>`,
  );
  const times = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(share * seconds)}" y="${bottom + 14}" text-anchor="middle" fill="#888" font-size="10">${Math.round(share * seconds)}</text>`,
  );
  return `<text x="${LEFT}" y="${top - 8}" font-weight="bold" fill="#222">${title}</text>
${marks.join("\n")}
${times.join("\n")}
<polyline points="${line}" fill="none" stroke="#0b67c2" stroke-width="2"/>`;
}

/** The next number that reads well on an axis: 1, 2, 4, 10, 20, 40, … */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 10].find((step) => step * power >= value) ?? 10) * power;
}
