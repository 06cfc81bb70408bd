import type { Site } from "./site";

/** A fixture of test/next/fixtures. */
export type App = "router" | "components" | "pages";

/** One behaviour: run on a site, it asserts what a user is promised, and gives what else a visitor sees of it. */
export interface Case {
  readonly suite: string;
  readonly app: App;
  readonly name: string;
  /** The first Next.js version that has it, such as 16.2. */
  readonly since?: number;
  run(site: Site): Promise<unknown>;
}

type Add = (
  name: string,
  run: (site: Site) => Promise<unknown>,
  options?: { readonly since?: number },
) => void;

/** The cases of one of Next.js's suites, named as that suite is. */
export function cases(suite: string, app: App, fill: (it: Add) => void): readonly Case[] {
  const all: Case[] = [];
  fill((name, run, options = {}) => all.push({ suite, app, name, run, ...options }));
  return all;
}

export function nameOf({ suite, name }: Pick<Case, "suite" | "name">): string {
  return `${suite}: ${name}`;
}

/** Major and minor version as a number: 16.4. */
export function minorOf(version: string): number {
  return Number(/^\d+\.\d+/.exec(version)?.[0]);
}

/** Whether a version of Next.js has what a case tests. */
export function has(version: string, one: Case): boolean {
  return minorOf(version) >= (one.since ?? 0);
}
