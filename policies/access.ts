import type { PlannedResource } from "../plan/plan";
import { REFUSED, type Policy, type Violation } from "./policy";
import { inTheCode } from "./remedies";
import { at, isComputed, listOf, mapOf } from "./values";
import { objectsOf } from "./workloads";

/*
 * Rights: of roles in AWS, of whoever a policy of a resource names, and of service accounts in Kubernetes.
 */

/** Inputs that hold a policy as JSON, and whether it says who may use the resource (`*` there is anybody). */
const DOCUMENTS: readonly (readonly [input: string, ofResource: boolean])[] = [
  ["policy", true],
  ["assumeRolePolicy", true],
  ["inlinePolicies", false],
];
const OF_IDENTITIES = /^aws:iam\/(policy|rolePolicy|userPolicy|groupPolicy):/;

const ADMINISTRATOR = /:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

const iamWildcard: Policy = {
  id: "iam-wildcard",
  why: "A right to everything turns one stolen token of a pod into the whole account or cluster.",
  severity: REFUSED,
  scanners: {
    checkov: [
      "CKV_AWS_33",
      "CKV_AWS_60",
      "CKV_AWS_61",
      "CKV_AWS_62",
      "CKV_AWS_63",
      "CKV_AWS_274",
      "CKV_AWS_286",
      "CKV_AWS_287",
      "CKV_AWS_288",
      "CKV_AWS_289",
      "CKV_AWS_290",
      "CKV_AWS_355",
      "CKV_K8S_49",
    ],
    kubeLinter: ["wildcard-in-rules", "cluster-admin-role-binding"],
  },
  check: ({ plan }) => [
    ...plan.resources.flatMap(ofAws),
    ...["Role", "ClusterRole"].flatMap((kind) => objectsOf(plan, kind).flatMap(ofKubernetes)),
    ...["RoleBinding", "ClusterRoleBinding"].flatMap((kind) =>
      objectsOf(plan, kind).flatMap(asAdministrator),
    ),
  ],
};

function ofAws(resource: PlannedResource): Violation[] {
  const { type, inputs, read } = resource;
  if (read || !type.startsWith("aws:")) return [];
  const attached = [inputs.policyArn, ...listOf(inputs.managedPolicyArns)].map(String);
  const administrator = attached.find((arn) => ADMINISTRATOR.test(arn));
  return [
    ...(administrator === undefined
      ? []
      : [violation(resource, administrator, "may do everything")]),
    ...DOCUMENTS.flatMap(([input, ofResource]) =>
      documentsIn(inputs[input]).flatMap((document) =>
        listOrOne(document.Statement).flatMap((statement) =>
          wildcardsIn(mapOf(statement), ofResource && !OF_IDENTITIES.test(type)).map((what) =>
            violation(resource, input, what),
          ),
        ),
      ),
    ),
  ];
}

/** Policies in an input: JSON in a text, or a list of named ones. What is computed says nothing. */
function documentsIn(input: unknown): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(input)) return input.flatMap((item) => documentsIn(at(item, "policy")));
  if (typeof input !== "string" || isComputed(input)) return [];
  try {
    return [mapOf(JSON.parse(input))];
  } catch {
    return [];
  }
}

function wildcardsIn(statement: Readonly<Record<string, unknown>>, ofResource: boolean): string[] {
  if (statement.Effect !== "Allow") return [];
  const conditional = isConditional(statement);
  const actions = listOrOne(statement.Action).map(String);
  const action = actions.find((it) => it === "*" || it.endsWith(":*"));
  if (ofResource) {
    if (conditional) return [];
    const what = actions.join(", ") || "all but a few actions";
    if (statement.NotPrincipal !== undefined)
      return [`lets all but a few do ${what} (NotPrincipal)`];
    return isAnybody(statement.Principal) ? [`lets anybody do ${what} (Principal *)`] : [];
  }
  if (statement.NotAction !== undefined) return ["allows all but a few actions (NotAction)"];
  const everything = listOrOne(statement.Resource).includes("*");
  return [
    ...(action === undefined ? [] : [`allows ${action}`]),
    ...(everything && !conditional && action === undefined && actions.some(changesThings)
      ? [`allows ${actions.join(", ")} on every resource`]
      : []),
  ];
}

/** Whether a condition says who or where; that a connection is encrypted says neither. */
function isConditional({ Condition }: Readonly<Record<string, unknown>>): boolean {
  return Object.values(mapOf(Condition))
    .flatMap((test) => Object.keys(mapOf(test)))
    .some((key) => key.toLowerCase() !== "aws:securetransport");
}

/** Listing and describing often knows no resource; only what changes or hands out something needs one. */
function changesThings(action: string): boolean {
  return !/:(Describe|List|Get(?!SecretValue|Object|Parameter|FederationToken|\*)|BatchCheck)/.test(
    action,
  );
}

function isAnybody(principal: unknown): boolean {
  return (
    principal === "*" ||
    Object.values(mapOf(principal)).some((names) => listOrOne(names).includes("*"))
  );
}

function listOrOne(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function ofKubernetes(resource: PlannedResource): Violation[] {
  const wide = listOf(resource.inputs.rules).some((rule) =>
    ["verbs", "resources"].some((what) => listOf(at(rule, what)).includes("*")),
  );
  return wide ? [violation(resource, "rules", "allows * in its rules")] : [];
}

function asAdministrator(resource: PlannedResource): Violation[] {
  return at(resource.inputs, "roleRef", "name") === "cluster-admin"
    ? [violation(resource, "roleRef", "makes its subjects administrators of the cluster")]
    : [];
}

function violation(resource: PlannedResource, part: string, message: string): Violation {
  return {
    resource,
    part,
    message: `${message}.`,
    remedy: inTheCode(
      `name the actions and the resources that are needed, where the code makes ${resource.name}`,
      part.replace(/^.*\//, ""),
    ),
  };
}

export const accessPolicies: readonly Policy[] = [iamWildcard];
