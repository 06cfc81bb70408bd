import type { OpenList } from "./renew";

/** AWS's public price lists: no account is needed. */
export const AWS_LISTS = "https://pricing.us-east-1.amazonaws.com";

const MB = 1_000_000;

export interface Source {
  /** Where the lists are; default: AWS. */
  readonly source: string;
  /** A list that is longer is not read to its end. */
  readonly mostMb: number;
  /** Told after each list: how much was read. */
  readonly tell: (line: string) => void;
}

/** Opens lists by HTTP. Nothing is kept of them, in memory or on a disk, but the line that is read. */
export function download({ source, mostMb, tell }: Source): OpenList {
  return async function* (service, region) {
    const url = `${source}/offers/v1.0/aws/${service}/current/${region}/index.csv`;
    const response = await fetch(url).catch((error: unknown) => {
      const { cause, message } = error as Error;
      throw new Error(`${url}: ${cause instanceof Error ? cause.message : message}`);
    });
    if (!response.ok || !response.body) {
      throw new Error(`${url}: HTTP ${response.status}; is '${region}' the name of a region?`);
    }
    let bytes = 0;
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > mostMb * MB) {
        throw new Error(`${url}: longer than ${mostMb} MB; --most-mb NUMBER allows more`);
      }
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield line.replace(/\r$/, "");
    }
    if (rest !== "") yield rest;
    tell(`${service} in ${region}: ${(bytes / MB).toFixed(1)} MB`);
  };
}
