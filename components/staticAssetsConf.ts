export interface StaticAssetsConf {
  /** Folder with `static` and `releases`. */
  readonly root: string;
  readonly port: number;
  /** `name:port` of the application, for what is missing. */
  readonly app: string;
}

/** Fills in the placeholders of pod/static-assets.conf, and refuses any that would be left. */
export function staticAssetsConf(template: string, values: StaticAssetsConf): string {
  const known = new Map(Object.entries(values).map(([name, value]) => [name, String(value)]));
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
