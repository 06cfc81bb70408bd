import type { Plan } from "../plan/plan";

/** Finds the URN at the top, of what a resource is in. */
export function topsOf({ resources }: Plan): (urn: string) => string {
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  return (urn) => {
    let at = urn;
    for (let up = parents.get(at); up; up = parents.get(at)) at = up;
    return at;
  };
}
