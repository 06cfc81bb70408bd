import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "../root";

/**
 * Host that Helm asks before it renders a chart in a folder: its schema of values may refer to one, as F5's does, and neither
 * Helm's release in Pulumi nor the chart's values can skip that. Undefined where there is none, or the chart is elsewhere.
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
