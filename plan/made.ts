import type { Plan, PlannedResource } from "./plan";
import { isComponent } from "./typeNames";

/** What the stack makes: without components, which are what is in them, and without what is read and not made. */
export function madeIn({ resources }: Pick<Plan, "resources">): PlannedResource[] {
  return resources.filter(({ type, read }) => !read && !isComponent(type));
}
