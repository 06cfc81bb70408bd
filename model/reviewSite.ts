import { PROJECT } from "./project";

/*
 * What marks the site of a pull request, in the state and in the cluster: docs/review-sites.md.
 */

/** The label of a review site's namespace; its value is the number of the pull request. */
export const PULL_REQUEST = `${PROJECT}/pull-request`;

/** The annotation of its namespace: when the site is removed, unless a new commit comes first. */
export const UNTIL = `${PROJECT}/until`;

/** The stack of a pull request's site, which is also the name of its namespace. */
export function reviewStack(pullRequest: number): string {
  return `pr-${pullRequest}`;
}

/** The number of the pull request whose site a stack is by its name; undefined for every other stack. */
export function pullRequestOf(stack: string): number | undefined {
  const [, number] = /^pr-([1-9][0-9]{0,8})$/.exec(stack) ?? [];
  return number === undefined ? undefined : Number(number);
}
