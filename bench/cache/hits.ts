import { exchange } from "../../runtime/test/lib/exchange";
import { BROWSER, ceiling, sendTo, type LoadWithCpu } from "../load";
import { compare, each, percentile, row, rowsOfVariants, type Row } from "../rows";
import type { Running } from "./variants";

/** The article that all of them are asked for. */
const PAGE = "/p/1";

/** What the figures are of, by the ends of their names: as browsers ask, and without compression. */
export const FORMS = [
  { suffix: "", encoding: BROWSER },
  { suffix: "-plain", encoding: undefined },
] as const;
const CONNECTIONS = [1, 32] as const;
/** What a flood of visitors asks for, in requests per second. */
const FLOOD = 5000;
/** How much of one core a pod uses before there should be another one: `app.replicas.targetCpuPercent`. */
const USED = 0.7;

export interface HitOptions {
  /** They go over all variants in turn, so that whatever else the machine does affects all equally. */
  readonly rounds: number;
  readonly seconds: number;
}

/** What was measured of one variant, a value for each round. */
class Measured {
  readonly results = new Map<string, LoadWithCpu[]>();

  add(figure: string, result: LoadWithCpu): void {
    this.results.set(figure, [...(this.results.get(figure) ?? []), result]);
  }

  median(figure: string, of: (result: LoadWithCpu) => number): number {
    return percentile((this.results.get(figure) ?? []).map(of), 0.5);
  }
}

/** Requests for one page that is fresh: one at a time, and 32 at a time. */
export async function hits(all: readonly Running[], options: HitOptions): Promise<readonly Row[]> {
  const sizes = await check(all);
  const measured = new Map(all.map(({ variant }) => [variant.name, new Measured()]));
  for (let round = 0; round < options.rounds; round++) {
    for (const connections of CONNECTIONS)
      for (const { suffix, encoding } of FORMS)
        for (const { server, variant } of all) {
          const load = ["path", PAGE] as const;
          const { seconds } = options;
          const result = await sendTo(server, { load, connections, seconds, encoding });
          measured.get(variant.name)?.add(`${connections}${suffix}`, result);
        }
    console.error(`hits: round ${round + 1} of ${options.rounds}`);
  }
  const most = await ceiling(sizes.compressed, 32, options.seconds);
  return [
    ...[row("page-bytes", sizes.plain, "B"), row("page-bytes-gzip", sizes.compressed, "B")],
    row("load-generator-ceiling-c32", most.perSecond, "1/s"),
    row("load-generator-ceiling-p50-c1", (await ceiling(sizes.compressed, 1, 1)).p50, "ms"),
    ...rowsOf(measured),
  ];
}

function rowsOf(measured: ReadonlyMap<string, Measured>): readonly Row[] {
  const medians = (form: string, of: (result: LoadWithCpu) => number) =>
    each(measured, (one) => one.median(form, of));
  const forms = FORMS.flatMap(({ suffix }) => {
    const perSecond = medians(`32${suffix}`, (result) => result.perSecond);
    const p50 = medians(`1${suffix}`, (result) => result.p50);
    return [
      ...compare(`isr-hits-per-second-c32${suffix}`, perSecond, "1/s"),
      ...compare(`isr-hit-p50-c1${suffix}`, p50, "ms"),
    ];
  });
  const cpu = medians("32", (result) => result.cpuSeconds);
  const bytes = medians("32", (result) => result.bytesPerAnswer);
  return [
    ...forms,
    ...compare("bytes-per-hit", bytes, "B"),
    ...compare("cpu-seconds-per-1000-hits", cpu, "s"),
    ...podsFor("hits", cpu),
  ];
}

/** Computed, not measured. On two cores that all share, more pods would not be more processor time. */
export function podsFor(what: string, cpu: ReadonlyMap<string, number>): readonly Row[] {
  const pods = [...cpu].map(
    ([name, seconds]) => [name, Math.ceil((FLOOD / 1000) * (seconds / USED))] as const,
  );
  return rowsOfVariants(`computed-pods-for-${FLOOD}-${what}-per-second`, new Map(pods), "pods");
}

/** Each answers with a hit, in both forms, and all of them with a page of the same size. */
async function check(
  all: readonly Running[],
): Promise<{ readonly plain: number; readonly compressed: number }> {
  let sizes = { plain: 0, compressed: 0 };
  for (const { server, variant } of all) {
    // asked often enough that everything is as warm as it gets
    for (let i = 0; i < 20; i++)
      for (const encoding of [BROWSER, "identity"]) {
        const headers = { "Accept-Encoding": encoding };
        const { status, headers: got } = await server.send(PAGE, { headers });
        const cached = String(got["x-nextjs-cache"]);
        if (status !== 200 || cached !== "HIT")
          throw new Error(`${variant.name}: ${status} ${cached} is not a hit`);
      }
    const bytes = async (encoding: string): Promise<number> => {
      const lines = [`GET ${PAGE} HTTP/1.1`, "Host: localhost", "Connection: close"];
      const request = [...lines, `Accept-Encoding: ${encoding}`, "", ""].join("\r\n");
      return (await exchange(server.port, request))[0]?.body.length ?? NaN;
    };
    sizes = { plain: await bytes("identity"), compressed: await bytes("gzip") };
  }
  return sizes;
}
