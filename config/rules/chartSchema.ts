import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "../root";

/**
 * The host that Helm downloads from before it renders a chart in a folder: the schema of its values may refer to one,
 * as F5's does, and neither Pulumi's Helm release nor the chart's values can skip that. Undefined if there is none, or
 * the chart is not in a folder.
 */
export function hostOfSchema(chart: string): string | undefined {
  let schema: string;
  try {
    schema = readFileSync(join(resolve(ROOT, chart), "values.schema.json"), "utf8");
  } catch {
    // No folder, or none with a schema.
    return undefined;
  }
  return /"\$ref"\s*:\s*"https?:\/\/([^/"]+)/.exec(schema)?.[1];
}
