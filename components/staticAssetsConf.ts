import { literal } from "../model/literal";

export interface StaticAssetsConf {
  /** Folder with `static` and `releases`. */
  readonly root: string;
  readonly port: number;
  /** `name:port` of the application, for what is missing. */
  readonly app: string;
  /** Paths of static files, as browsers ask for them: `/_next/static`, or `/shop/_next/static`. */
  readonly paths: readonly string[];
  /** nginx's line for the heads of requests. */
  readonly requestHead: string;
}

/** Fills in the placeholders of pod/static-assets.conf, and refuses any that would be left. */
export function staticAssetsConf(template: string, values: StaticAssetsConf): string {
  const paths = values.paths.map(literal).join("|");
  const known = new Map(
    Object.entries({ ...values, paths }).map(([name, value]) => [name, String(value)]),
  );
  return template
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) =>
      line.trimStart().startsWith("#")
        ? line
        : line.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => {
            const value = known.get(name);
            if (value === undefined) {
              throw new Error(
                `pod/static-assets.conf has ${placeholder}; known are ${[...known.keys()].join(", ")}.`,
              );
            }
            return value;
          }),
    )
    .join("\n");
}
