import { byUrn, type Plan, type PlannedResource } from "../plan/plan";
import { touches } from "./replacement";
import { differencesOf, type PropertyChange } from "./values";

/** What differs in the inputs of a resource, also inside texts that are not known as a whole. */
export function propertiesOf(before: PlannedResource, after: PlannedResource): PropertyChange[] {
  const known = differencesOf(before.inputs, after.inputs);
  const [old, now] = [before.options.texts, after.options.texts];
  if (!old || !now) return known;
  const isTold = (path: string) => known.some((it) => touches(path, it.path));
  return [...known, ...differencesOf(old, now).filter(({ path }) => !isTold(path))];
}

/** Whether there is something between two plans that only texts show. */
export function differInTexts(before: Plan, after: Plan): boolean {
  const old = byUrn(before);
  return after.resources.some((resource) => {
    const earlier = old.get(resource.urn);
    if (!earlier) return false;
    const known = differencesOf(earlier.inputs, resource.inputs);
    return propertiesOf(earlier, resource).length > known.length;
  });
}
