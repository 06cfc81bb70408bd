import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RawAnswer } from "../lib/exchange";
import type { Built } from "../lib/next";
import { plain } from "./codings";

/** Of an answer, what two builds that read one origin have in common. */
export interface Common {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

const VARIES = /^(?:date|last-modified|etag|content-length|.*deployment-id)$/i;

/** Without numbers, names of files, and what follows from them. @param buildId of the build that answered */
export function common(got: RawAnswer, buildId: string): Common {
  const text = plain(got)
    .body.toString()
    .replaceAll(buildId, "a build")
    // in a comment, where two hyphens may not stand
    .replaceAll(buildId.replaceAll("-", "_"), "a build")
    .replace(/\[\[([a-z-]+):\d+\]\]/g, "[[$1]]")
    .replace(/static\/chunks\/[\w.-]+/g, "a chunk")
    .replace(/"value":"\d+"|(?<=from=)\d+/g, "a number")
    .replace(/(?<=[?&]dpl=|data-dpl-id=\\?")\w+/g, "a deployment")
    // Next.js names each rendering
    .replace(/(?<="\$L\w+",")[\w-]{21}(?=[vm]")/g, "a rendering")
    .replace(/"runtimeModuleIds":\[[\d,]+\]/g, "modules");
  const headers = got.headers.map(([name, value]) => {
    if (VARIES.test(name)) return [name, ""] as const;
    const shown = value.replace(/(?<=from=)\d+/, "a number").replaceAll(buildId, "a build");
    return [name, shown.replace(/localhost:\d+/, "localhost")] as const;
  });
  return { status: got.status, headers, text };
}

export function buildIdOf({ server, folder }: Built): string {
  const dist = server.startsWith(folder) ? dirname(server) : folder;
  return readFileSync(join(dist, ".next/BUILD_ID"), "utf8");
}

/** What the pages router fetches when a visitor follows a link. */
export function dataPath(built: Built): string {
  return `/_next/data/${buildIdOf(built)}/legacy/one.json`;
}
