import { z } from "zod";
import { parseCidr } from "../../model/cidr";
import { isSecretPlaceholder } from "./secrets";
import type { Meta } from "./tree";

/* Kinds of values that keys of several groups have, with what they must look like. */

export const about = <T extends z.ZodType>(schema: T, description: string, meta: Meta = {}): T =>
  schema.meta({ description, ...meta });

/** `pulumi config set --path … 8080` stores a number, and `true` a boolean, even if a text is meant. */
export const text = (schema = z.string()) =>
  z.preprocess(
    (value) => (["number", "boolean"].includes(typeof value) ? String(value) : value),
    schema,
  );
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
export const label = () =>
  z.string().regex(LABEL, "expected a DNS label: a-z, 0-9 and '-', 63 at most");
export const hostname = () =>
  z
    .string()
    .max(253)
    .refine(
      // A last part with only digits makes it an address, which an Ingress does not accept as a host.
      (name) =>
        /\.[^.]*[a-z][^.]*$/.test(name) && name.split(".").every((part) => LABEL.test(part)),
      "expected a DNS name in lower case, such as shop.example.com",
    );
export const cidr = () =>
  z
    .string()
    .refine((text) => parseCidr(text) !== undefined, "expected an IPv4 range such as 10.20.0.0/16");
export const imageReference = () =>
  z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._/-]*(:[0-9]+\/[a-z0-9._/-]+)?(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[0-9a-f]{64})?$/,
      "expected an image reference, best by digest: registry/name@sha256:…",
    );
export const countOrPercent = () =>
  z.union(
    [
      z.int().min(0),
      z.string().regex(/^(100|[1-9]?[0-9])%$/, "expected a percentage from 0% to 100%"),
    ],
    "expected a number of pods (1) or a percentage of them (25%)",
  );
export const urlPath = () =>
  z.string().regex(/^\/[^\s?#;{}"'\\]*$/, "expected a path that starts with /");
/** As Next.js expects a path prefix: without a slash at the end. */
export const prefixPath = () =>
  z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)+$/, "expected a path without a trailing /, such as /shop");
/** The agent gets them as a comma-separated list. */
export const warmupPath = () =>
  urlPath().refine((path) => !path.includes(","), "expected a path without a comma");
export const absolutePath = () =>
  z.string().regex(/^(\/[^/\s]+)+$/, "expected an absolute path without a trailing /");
export const relativePath = () =>
  z
    .string()
    .regex(
      /^(?!\.{1,2}(\/|$))[^/\s]+(\/(?!\.{1,2}(\/|$))[^/\s]+)*$/,
      "expected a path below the folder of server.js, without . or ..",
    );
export const arn = (service: string) =>
  z
    .string()
    .regex(
      new RegExp(`^arn:aws[a-z-]*:${service}:[^:]*:[0-9]{12}:.+$`),
      `expected an ARN of ${service}`,
    );
export const hourRange = () =>
  z
    .string()
    .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$/, "expected hh:mm-hh:mm");
export const weekRange = () =>
  z
    .string()
    .regex(
      /^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$/,
      "expected ddd:hh:mm-ddd:hh:mm",
    );
export const labels = () => z.record(z.string().min(1), text());
export const redisUrl = () =>
  z
    .string()
    .refine(
      (url) => isSecretPlaceholder(url) || /^rediss?:\/\/[^\s]+$/.test(url),
      "expected redis://[:password@]host:port, or rediss:// for TLS",
    );
export const seconds = (min: number, max: number) => z.int().min(min).max(max);
