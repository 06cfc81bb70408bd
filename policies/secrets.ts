import type { PlannedResource } from "../plan/plan";
import { removeCommand, setCommand } from "../config/messages/commands";
import { isPartOf } from "../plan/typeNames";
import { REFUSED, type Policy, type Violation } from "./policy";
import { isComputed, isSecret, leavesOf, type Leaf } from "./values";

/*
 * Secrets where everybody who may read an object can read them.
 */

/** Objects that are made for secrets, or whose values never reach the cluster or the cloud as they are. */
const MADE_FOR_SECRETS =
  /^(kubernetes:core\/v1:Secret|random:|tls:|pulumi:|aws:secretsmanager\/|aws:ssm\/|docker-build:)/;

/** Inputs that are write-only at their provider. */
export const KEPT_BY_THE_PROVIDER = /^(authToken|password|masterPassword|kubeconfig)\b/;

/** Words that a name of a secret has. `KEY` alone is none: a key may be a key of a cache. */
const SECRET_NAME =
  /(^|[_.-])(password|passwd|secret|token|credentials?|api[_-]?key|private[_-]?key|access[_-]?key|encryption[_-]?key)$/i;
/** What is named as a secret but holds only a name or a place. */
const REFERENCE =
  /(secretName|secretKeyRef|tokenExpiration|existingSecret|\.name|\.key|_FILE|_PATH)$/i;

/**
 * Tokens by which AWS tells a request from its repetition, and a version from another: they open nothing. Providers make
 * them up where a program sets none, so that only the engine sees them.
 */
const TELLS_REQUESTS_APART = /^(creation|client|lock|update|version)Token$/;

/** What a value of a secret looks like, and how to call it. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/, "an access key of AWS"],
  [/\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})\b/, "a token of GitHub"],
  [/\b[sr]k_live_[A-Za-z0-9]{20,}\b/, "a key of Stripe"],
  [/\bxox[abprs]-[A-Za-z0-9-]{20,}\b/, "a token of Slack"],
  // `$(NAME)` is a variable from a Secret, of which the object has only the name.
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$[({])[^\s/@]+@/i, "an address with a password"],
  [/(^|\s)--[\w-]*(password|secret|token)[= ](?![$/])\S/i, "an option with a secret"],
];

/** Next.js writes these into the pages, for every visitor to read. */
const PUBLIC = /^NEXT_PUBLIC_/;

const secretInClear: Policy = {
  id: "secret-in-clear",
  why: "Whoever may read the object, its backups or this plan has the secret; a Secret has rights of its own and is encrypted.",
  severity: REFUSED,
  scanners: { kubeLinter: ["env-var-secret"] },
  check: ({ plan }) =>
    plan.resources
      .filter(({ type, read }) => !read && !MADE_FOR_SECRETS.test(type))
      .flatMap((resource) =>
        namedLeaves(resource).flatMap((leaf) => violationOf(resource, leaf, plan.stack)),
      ),
};

function violationOf(resource: PlannedResource, leaf: Leaf, stack: string): Violation[] {
  const what = secretIn(resource, leaf);
  if (what === undefined) return [];
  return [
    {
      resource,
      part: leaf.path,
      message: `${leaf.path} holds ${what} in clear.`,
      remedy: `replace the secret, since it has been read, then keep it in a Secret:\n${inASecret(resource, leaf, stack)}`,
    },
  ];
}

/** A variable of the application is moved from `app.env`; for what else has a secret, the code must read the Secret. */
function inASecret(resource: PlannedResource, { path }: Leaf, stack: string): string {
  const variable = /env\[([A-Za-z_][A-Za-z0-9_]*)\]/.exec(path)?.[1];
  const keep = setCommand(`app.secretEnv.${variable ?? "NAME"}`, "VALUE", "--secret ", stack);
  return variable !== undefined && isPartOf(resource, "NextApp")
    ? `${removeCommand(`app.env.${variable}`, stack)}\n${keep}`
    : keep;
}

function secretIn({ type }: PlannedResource, { path, value }: Leaf): string | undefined {
  if (isSecret(value)) {
    // Pulumi knows that it is one; in the object itself it would be a plain text.
    const clear = type.startsWith("kubernetes:") && !KEPT_BY_THE_PROVIDER.test(path);
    return clear ? "a secret of the config" : undefined;
  }
  if (typeof value !== "string" || value === "" || isComputed(value)) return undefined;
  const shape = SHAPES.find(([pattern]) => pattern.test(value));
  if (shape) return shape[1];
  const name = path
    .replace(/\.value$/, "")
    .replace(/[\]]$/, "")
    .replace(/^.*\[/, "");
  const isNamed =
    SECRET_NAME.test(separated(name)) &&
    !PUBLIC.test(name) &&
    !REFERENCE.test(path) &&
    !(type.startsWith("aws:") && TELLS_REQUESTS_APART.test(path)) &&
    !isAddress(value);
  return isNamed ? "what its name calls a secret" : undefined;
}

/** `dbPassword` is `db_Password`. */
function separated(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
}

/** An ARN, a path, a variable or a name of a Secret in Kubernetes: it says where the secret is. */
function isAddress(value: string): boolean {
  return /^(arn:.*|\/[\w./-]*|\$\(\w+\)|[a-z0-9-]+\/[a-z0-9.…-]+|true|false|\d+)$/.test(value);
}

/** Leaves, with variables by their names: `spec.containers[0].env[TOKEN]`. */
function namedLeaves({ inputs }: PlannedResource): Leaf[] {
  const leaves = leavesOf(inputs);
  const names = new Map(
    leaves.flatMap(({ path, value }): [string, string][] =>
      /\benv\[\d+\]\.name$/.test(path) ? [[path.replace(/\.name$/, ""), String(value)]] : [],
    ),
  );
  return leaves.map(({ path, value }) => {
    const name = names.get(path.replace(/\.value$/, ""));
    const named = path.endsWith(".value") && name !== undefined;
    return { path: named ? path.replace(/\[\d+\]\.value$/, `[${name}]`) : path, value };
  });
}

export const secretPolicies: readonly Policy[] = [secretInClear];
