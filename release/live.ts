import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Colour } from "../model/rollout";

/** What visitors meet. */
export interface Live {
  /** With `blueGreen`; undefined with `rolling`. */
  readonly colour?: Colour;
  readonly image: string;
}

/** What is known about it: what an `up` brought to visitors, that none has yet, or nothing, with the reason. */
export type Known = { readonly live: Live | undefined } | { readonly unknown: string };

export type LiveReader = (stack: string) => Promise<Known>;

const ROOT = join(__dirname, "..");
const TIMEOUT_MS = 60_000;
/** The state of a whole stack on AWS has a few MB. */
const LARGEST_STATE = 256 * 1024 * 1024;

interface State {
  deployment?: { resources?: { type: string; urn: string; inputs?: { input?: unknown } }[] };
}

/** Reads the stack's state, where the last `up` that switched visitors to a release has recorded it. */
export const liveOfStack: LiveReader = async (stack) => {
  const args = ["stack", "export", "--stack", stack, "--cwd", ROOT, "--non-interactive"];
  const options = { timeout: TIMEOUT_MS, maxBuffer: LARGEST_STATE };
  try {
    const { stdout } = await promisify(execFile)("pulumi", args, options);
    return liveIn(JSON.parse(stdout) as State);
  } catch (error) {
    return { unknown: reason(error as Error & { code?: unknown; stderr?: string }) };
  }
};

/** In an exported state: the Stash of `components/nextApp`, whose inputs change once visitors have been switched. */
export function liveIn({ deployment }: State): Known {
  const resources = deployment?.resources ?? [];
  const stash = resources.find(
    ({ type, urn }) => type === "pulumi:index:Stash" && urn.endsWith("::web-live"),
  );
  if (stash === undefined) {
    return resources.some(({ type }) => type === "kubernetes:apps/v1:Deployment")
      ? { unknown: "the last pulumi up was by a version that did not record it" }
      : { live: undefined };
  }
  const { track, image } = (stash.inputs?.input ?? {}) as { track?: unknown; image?: unknown };
  if (typeof image !== "string") return { unknown: "the state does not name the image" };
  return { live: { image, ...((track === "blue" || track === "green") && { colour: track }) } };
}

function reason({ code, stderr, message }: Error & { code?: unknown; stderr?: string }): string {
  if (code === "ENOENT") return "there is no pulumi on the PATH";
  const [line] = (stderr ?? "").split("\n").filter((text) => text.trim() !== "");
  return `pulumi stack export fails: ${line ?? message}`;
}
