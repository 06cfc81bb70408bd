import * as fc from "fast-check";
import { z } from "zod";
import { groups } from "../../config";
import { metaOf, unwrap } from "../../config/schema/tree";

/*
 * Configs as the schema describes them: a value for any of its keys, of its kind and within its limits. What keys mean to
 * each other is for the rules, which may refuse.
 */

/** Values by full path: `next-on-eks:app.replicas.min`. */
export type Drawn = Readonly<Record<string, unknown>>;

/** Keys that make another stack of it, or that need what is not there. */
const LEFT_OUT = /^(platform|confirm|review|waivers|app\.build)\b/;

interface Key {
  readonly path: string;
  readonly values: fc.Arbitrary<unknown>;
}

/** A stack's config with some of its keys drawn anew. */
export function configsOf(platform: keyof typeof groups): fc.Arbitrary<Drawn> {
  const keys = Object.entries({ ...groups.common, ...groups[platform] }).flatMap(([name, schema]) =>
    keysIn(name, schema as z.ZodType),
  );
  return fc.uniqueArray(fc.nat(keys.length - 1), { minLength: 1, maxLength: 6 }).chain((chosen) => {
    const drawn = chosen.flatMap((index) => keys[index] ?? []);
    return fc
      .tuple(...drawn.map(({ values }) => values))
      .map((values) =>
        Object.fromEntries(drawn.map(({ path }, at) => [`next-on-eks:${path}`, values[at]])),
      );
  });
}

function keysIn(path: string, schema: z.ZodType): Key[] {
  if (LEFT_OUT.test(path)) return [];
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) {
    return Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(([name, child]) =>
      keysIn(`${path}.${name}`, child),
    );
  }
  const candidates = valuesOf(schema).filter((value) => schema.safeParse(value).success);
  return candidates.length === 0 ? [] : [{ path, values: fc.constantFrom(...candidates) }];
}

/** Values worth trying: the limits, all of a choice, the documented example. Some are refused, and left out. */
function valuesOf(schema: z.ZodType): unknown[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodEnum) return [...bare.options];
  if (bare instanceof z.ZodBoolean) return [true, false];
  if (bare instanceof z.ZodNumber) {
    const { minValue, maxValue } = bare;
    return [minValue, maxValue, 1, 2, 3, 10].filter((it) => it !== null && Math.abs(it) < 1e9);
  }
  if (bare instanceof z.ZodUnion) {
    return bare.options.flatMap((option) => valuesOf(option as z.ZodType));
  }
  if (bare instanceof z.ZodArray) {
    const items = valuesOf(bare.element as z.ZodType);
    return [[], ...items.map((item) => [item]), items];
  }
  if (bare instanceof z.ZodRecord) {
    const items = valuesOf(bare.valueType as z.ZodType);
    return [{}, ...items.map((item) => ({ NAME: item }))];
  }
  if (bare instanceof z.ZodObject) return [];
  return textsOf(schema);
}

function textsOf(schema: z.ZodType): string[] {
  const { example = "value", secret } = metaOf(schema);
  const bare = example.replace(/^--secret /, "").replace(/^'(.*)'$/, "$1");
  return secret ? ["[secret]"] : [bare, "a", "10.9.0.0/16", "512Mi", "/x", "shop.test"];
}
