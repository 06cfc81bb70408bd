import { COMPUTED, type PlannedResource } from "../plan/plan";
import { componentType, isKubernetesObject } from "../plan/typeNames";
import { valueAt } from "../plan/valueAt";

/** The resources of a part, and what their inputs say. */
export class Members {
  constructor(readonly resources: readonly PlannedResource[]) {}

  /** Whether one of them is an object in the cluster. */
  get inCluster(): boolean {
    return this.resources.some(({ type }) => isKubernetesObject(type));
  }

  /** All of a kind: `Deployment`. */
  of(kind: string): PlannedResource[] {
    return this.resources.filter(({ type }) => componentType(type) === kind);
  }

  count(kind: string): number {
    return this.of(kind).length;
  }

  /**
   * An input of the first resource of a kind that has it, as text; undefined where there is none, or where only a
   * deployment knows it.
   * @param path names and positions with dots between them: `spec.rules.0.host`
   */
  value(kind: string, path: string): string | undefined {
    return this.of(kind)
      .map(({ inputs }) => textAt(inputs, path))
      .find((text) => text !== undefined);
  }
}

/** The text of a plain value below a value; undefined where there is none that is known. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = valueAt(value, path.split("."));
  const isPlain = typeof found === "string" || typeof found === "number" || found === true;
  return isPlain && found !== COMPUTED && found !== "" ? String(found) : undefined;
}

/** The items of a list below a value; none if there is no list. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = valueAt(value, path.split("."));
  return Array.isArray(found) ? found : [];
}
