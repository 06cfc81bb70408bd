import { runtime } from "@pulumi/pulumi";
import { z } from "zod";
import { setCommand } from "../messages/commands";
import { isMap } from "../../model/isMap";
import { PROJECT } from "../../model/project";
import { told, type Problem } from "../messages/problems";
import { metaOf, unwrap } from "../schema/tree";
import { ANOTHER_SECRET, isSecretPlaceholder, SECRET_PLACEHOLDER } from "../schema/secrets";

/** The SDK has it; its types leave it out. */
const { isConfigSecret } = runtime as unknown as { isConfigSecret(key: string): boolean };

/** A secret that anyone with the stack's file can read. */
export interface ClearSecret {
  readonly key: string;
  /** The command that encrypts it. */
  readonly remedy: string;
}

/**
 * The secrets of one group that are not encrypted. Pulumi treats a whole group as secret if one value in it is: a
 * second, unencrypted one beside it is visible only offline, where a placeholder stands for the first.
 */
export function secretsInClear(group: string, schema: z.ZodType, value: unknown): ClearSecret[] {
  const encrypted = isConfigSecret(`${PROJECT}:${group}`);
  const text = JSON.stringify(value) ?? "";
  const offline = [SECRET_PLACEHOLDER, ANOTHER_SECRET].some((it) => text.includes(`"${it}"`));
  return encrypted && !offline ? [] : clearIn(group, schema, value);
}

export function refusedInClear({ key, remedy }: ClearSecret): Problem {
  return { key, message: "is an unencrypted secret; production requires it encrypted.", remedy };
}

export function warnedInClear({ key, remedy }: ClearSecret): string {
  return told(key, "is an unencrypted secret: whoever reads the stack's file can read it.", remedy);
}

function clearIn(key: string, schema: z.ZodType, value: unknown): ClearSecret[] {
  const bare = unwrap(schema);
  const items = isMap(value) ? Object.entries(value) : [];
  if (bare instanceof z.ZodObject) {
    const shape = bare.shape as Readonly<Record<string, z.ZodType | undefined>>;
    return items.flatMap(([name, item]) => {
      const child = shape[name];
      return child ? clearIn(`${key}.${name}`, child, item) : [];
    });
  }
  if (bare instanceof z.ZodRecord) {
    return items.flatMap(([name, item]) =>
      clearIn(`${key}.${name}`, bare.valueType as z.ZodType, item),
    );
  }
  const { secret, example = "--secret VALUE" } = metaOf(schema);
  const clear = secret && !isSecretPlaceholder(value);
  return clear ? [{ key, remedy: setCommand(key, example) }] : [];
}
