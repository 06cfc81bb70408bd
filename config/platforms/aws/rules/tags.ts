import type { AwsConfig } from "../config";
import { removeCommand } from "../../../messages/commands";
import type { Problem } from "../../../messages/problems";
import type { Rule } from "../../../rules/rule";

/*
 * `aws:defaultTags` go to every resource, so they must satisfy the strictest service. Sources: Tagging AWS Resources
 * user guide, "Best practices and strategies"; EC2 API reference, Tag (keys of 127 characters); IAM user guide, "Rules
 * for tagging in IAM" (keys that differ only in case are the same).
 */

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const LONGEST_KEY = 127;
const LONGEST_VALUE = 256;
/** 50 per resource, of which the stack and EKS use up to four. */
const MOST = 46;

export const tagLimits: readonly Rule<AwsConfig>[] = [
  {
    id: "tag-text",
    why: "Default tags go to every resource, so they must satisfy the strictest service.",
    severity: "error",
    check: ({ defaultTags = {} }) =>
      Object.entries(defaultTags).flatMap(([key, value]) => [
        ...[problemOfKey(key), problemOfValue(value)]
          .filter((message) => message !== undefined)
          .map((message) => problem(key, message)),
      ]),
  },
  {
    id: "tag-case",
    why: "IAM treats keys that differ only in case as the same.",
    severity: "error",
    check: ({ defaultTags = {} }) => {
      const keys = Object.keys(defaultTags);
      const again = keys.find((key, index) =>
        keys.slice(0, index).some((other) => other.toLowerCase() === key.toLowerCase()),
      );
      return again === undefined
        ? undefined
        : problem(again, `another key differs only in case, and IAM treats them as the same`);
    },
  },
  {
    id: "tag-count",
    why: "A resource can have 50 tags, and the stack and EKS set some of them.",
    severity: "error",
    check: ({ defaultTags = {} }) => {
      const keys = Object.keys(defaultTags);
      return keys.length > MOST
        ? problem(
            keys[MOST] ?? "",
            `there are ${keys.length}, but the stack leaves room for only ${MOST}`,
          )
        : undefined;
    },
  },
];

function problemOfKey(key: string): string | undefined {
  if (/^aws:/i.test(key)) return "keys that begin with aws: are reserved for AWS";
  if (key.length === 0 || key.length > LONGEST_KEY) {
    return `a key has 1 to ${LONGEST_KEY} characters, and this one has ${key.length}`;
  }
  return ALLOWED.test(key) ? undefined : characters("key");
}

function problemOfValue(value: string): string | undefined {
  if (value.length > LONGEST_VALUE) {
    return `a value has at most ${LONGEST_VALUE} characters, and this one has ${value.length}`;
  }
  return ALLOWED.test(value) ? undefined : characters("value");
}

function characters(what: string): string {
  return `a ${what} may only have letters, digits, spaces and _ . : / = + - @`;
}

function problem(name: string, why: string): Problem {
  const key = `aws:defaultTags.tags["${name}"]`;
  return {
    key,
    message: `the tag is refused: ${why}.`,
    remedy: /['"\\]/.test(name)
      ? "remove it from aws:defaultTags in the stack's file"
      : removeCommand(key),
  };
}
