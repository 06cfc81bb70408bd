import type { PropertyChange } from "./values";

/** Something that is left out, and counted. */
export interface Noise {
  readonly reason: string;
  readonly count: number;
}

interface Entry {
  readonly type: RegExp;
  readonly path: RegExp;
  readonly reason: string;
}

/** All that is left out. A resource that is deleted or replaced is never noise. */
const NOISE: readonly Entry[] = [
  {
    type: /^pulumi:index:Stash$/,
    path: /^input\b/,
    reason: "records that the stack keeps about itself",
  },
];

/** Why a change is left out; undefined: it is shown. */
export function noiseOf(type: string, { path }: PropertyChange): string | undefined {
  return NOISE.find((entry) => entry.type.test(type) && entry.path.test(path))?.reason;
}
