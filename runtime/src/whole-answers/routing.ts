import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as log from "../log";
import { get } from "../release";
import { KEY_HEADERS } from "./key";

/** Paths that Next.js may answer by more than the key of a request has. */
export interface Routing {
  /** Why the answer to this URL is not kept; undefined if it may be. */
  reasonToGoPast(url: string): string | undefined;
}

const NOTHING: unknown = {};

/** Other names of a page: rules are about the page's own. */
const OTHER_NAME = /^(?:\/[^/]+)*\/_next\/data\/|\.(?:json|rsc)$/;

/**
 * What the build in `dist` (`.next`) says about its middleware or proxy, about `headers`, `redirects` and `rewrites` with
 * conditions, and about languages. Undefined if any of it cannot be read.
 */
export function readRouting(dist: string): Routing | undefined {
  try {
    const routes = read(join(dist, "routes-manifest.json"));
    const edge = readOptional(join(dist, "server", "middleware-manifest.json"));
    const node = readOptional(join(dist, "server", "functions-config-manifest.json"));
    const config = get(read(join(dist, "required-server-files.json")), "config");
    return routingOf({ routes, edge, node, config });
  } catch (cause) {
    log.warnSometimes(
      "routing",
      "Nothing is answered from memory without Next.js: what the build says of its paths cannot be read",
      { reason: log.reason(cause) },
    );
    return undefined;
  }
}

/** The manifests' contents, as parsed. */
export interface Manifests {
  readonly routes: unknown;
  /** `middleware-manifest.json` and `functions-config-manifest.json`: middleware on the Edge runtime and on Node.js. */
  readonly edge: unknown;
  readonly node: unknown;
  readonly config: unknown;
}

/** @throws for a rule that is not understood */
export function routingOf({ routes, edge, node, config }: Manifests): Routing {
  const middleware = [
    ...matchers(get(edge, "middleware", "/")),
    ...matchers(get(node, "functions", "/_middleware")),
  ];
  const rewrites = rulesOf(get(routes, "rewrites"));
  const rules = [
    ...rewrites,
    ...rulesOf(get(routes, "headers")),
    ...rulesOf(get(routes, "redirects")),
    ...rulesOf(get(routes, "onMatchHeaders")),
  ];
  const conditional = rules.filter(isConditional).map(regexOf);
  // a rule may apply to what a path is rewritten to
  const dependent = conditional.length > 0 ? [...conditional, ...rewrites.map(regexOf)] : [];
  const locales = localesOf(config);
  const [base, assets] = [textIn(config, "basePath"), textIn(config, "assetPrefix")];
  const roots = rootsOf(config, base, locales);
  const namesMatter = middleware.length > 0 || dependent.length > 0;
  return {
    reasonToGoPast(url) {
      const path = pathOf(url);
      const forms = path === undefined ? undefined : formsOf(path, [base, assets], locales);
      if (path === undefined || forms === undefined) return "its path";
      if (namesMatter && OTHER_NAME.test(path)) return "another name of a page";
      if (forms.some((form) => roots.has(form.toLowerCase()))) return "the languages";
      const isIn = (them: readonly RegExp[]): boolean =>
        them.some((it) => forms.some((form) => it.test(form)));
      if (isIn(middleware)) return "the middleware";
      return isIn(dependent) ? "a rule with has or missing" : undefined;
    },
  };
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Not every version writes both files of middleware. */
function readOptional(file: string): unknown {
  try {
    return read(file);
  } catch (cause) {
    if (get(cause, "code") === "ENOENT") return NOTHING;
    throw cause;
  }
}

/** Their own conditions are ignored: in doubt a path belongs to the middleware. */
function matchers(middleware: unknown): RegExp[] {
  if (middleware === undefined) return [];
  const list = get(middleware, "matchers");
  if (!Array.isArray(list) || list.length === 0) return [/^/];
  return list.map((matcher: unknown) => new RegExp(textOf(matcher, "regexp"), "i"));
}

/** A list, or lists by when they apply. */
function rulesOf(found: unknown): readonly unknown[] {
  if (found === undefined) return [];
  if (Array.isArray(found)) return found;
  if (typeof found !== "object" || found === null) throw new Error("no rules");
  return Object.values(found).flatMap(rulesOf);
}

/** `has` or `missing` look at something that the key lacks. */
function isConditional(rule: unknown): boolean {
  const conditions = [get(rule, "has"), get(rule, "missing")].flatMap((them: unknown) =>
    Array.isArray(them) ? (them as readonly unknown[]) : [],
  );
  return conditions.some((condition) => {
    const key = get(condition, "key");
    const isInKey = typeof key === "string" && KEY_HEADERS.includes(key.toLowerCase());
    return get(condition, "type") !== "header" || !isInKey;
  });
}

/** In doubt, upper and lower case are the same. */
function regexOf(rule: unknown): RegExp {
  return new RegExp(textOf(rule, "regex"), "i");
}

function textOf(found: unknown, name: string): string {
  const text = get(found, name);
  if (typeof text !== "string") throw new Error(`no ${name}`);
  return text;
}

function textIn(config: unknown, name: string): string {
  const found = get(config, name);
  return typeof found === "string" ? found.replace(/\/$/, "") : "";
}

function localesOf(config: unknown): readonly string[] {
  const locales = get(config, "i18n", "locales");
  return Array.isArray(locales) ? locales.map(String) : [];
}

/**
 * Where Next.js may redirect to another language, in lower case: never where the path has one. `/index` is another name of
 * `/` for its `getLocaleRedirect`, which looks at paths outside of `basePath` too.
 */
function rootsOf(config: unknown, base: string, locales: readonly string[]): ReadonlySet<string> {
  if (locales.length === 0 || get(config, "i18n", "localeDetection") === false) return new Set();
  const roots = ["", base].flatMap((start) => ["", "/index"].map((name) => `${start}${name}`));
  return new Set(roots.flatMap((root) => [root, `${root}/`]).map((root) => root.toLowerCase()));
}

/** Undefined where Next.js reads another path than was sent: `/shop/../account`, `/%2e/account`. Browsers send it as it reads it. */
function pathOf(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? url;
  return new URL(`http://n${url}`).pathname === path ? path : undefined;
}

/**
 * The path as the rules may see it: decoded, without a slash at the end, without `basePath` or, as Next.js does where there
 * are languages, `assetPrefix`, and with the language that it lacks. Undefined for a path that cannot be decoded.
 */
function formsOf(
  path: string,
  prefixes: readonly string[],
  locales: readonly string[],
): readonly string[] | undefined {
  try {
    const short = path.length > 1 ? path.replace(/\/+$/, "") : path;
    const plain = new Set([path, decodeURIComponent(path), short, decodeURIComponent(short)]);
    return [...plain].flatMap((form) =>
      [...new Set(["", ...prefixes])]
        .filter((prefix) => form.startsWith(prefix))
        .flatMap((prefix) => {
          const inner = form.slice(prefix.length);
          const withLocale = locales.flatMap((locale) => [
            `/${locale}${inner}`,
            `${prefix}/${locale}${inner}`,
          ]);
          return [inner, ...withLocale];
        }),
    );
  } catch {
    return undefined;
  }
}
