import { PolicyPack, type Policies, type StackValidationPolicy } from "@pulumi/policy";
import { join } from "node:path";
import { readStackConfig } from "../../cli/stackConfig";
import type { Severity } from "../../config/rules/rule";
import { policies } from "..";
import { findingsOf, type PolicyFinding } from "../findings";
import type { Policy } from "../policy";
import { isProduction, waiversIn, type RawConfig } from "../scene";
import { known, planOfEngine, stackOf, type EngineResource, type Inputs } from "./adapter";

/*
 * CrossGuard: the same rules in Pulumi's own engine. A pack is told neither the stack nor its config before it is asked,
 * and the level of a policy is fixed: so a rule whose severity differs by environment is two policies of one name each.
 */

/** Folder of Pulumi.yaml, which has the stacks' files. */
const ROOT = join(__dirname, "..", "..");
/** What `pulumi --config-file` names: a pack is not told. */
const OTHER_FILE = "RULES_CONFIG_FILE";

const LEVELS = { error: "mandatory", warning: "advisory" } as const;

/** Serves the pack to the engine that has started this process. */
export function policyPack(): PolicyPack {
  return new PolicyPack("next-on-eks", { policies: packPolicies() });
}

/** What policies are asked with beside the resources. */
interface Asked {
  /** The config of a stack, as its file has it. */
  readonly configOf: (stack: string) => RawConfig;
  readonly today: Date;
  /** What each resource was asked for, by URN. */
  readonly inputs: Inputs;
}

/**
 * @param configOf default: the files of this project
 * @param today as in `Scene`
 */
function packPolicies(
  configOf: (stack: string) => RawConfig = configInFile,
  today = new Date(),
): Policies {
  const inputs: Inputs = new Map();
  const asked = { configOf, today, inputs };
  const rules = policies
    .filter(({ comparesPlans }) => !comparesPlans)
    .flatMap((policy) =>
      (["error", "warning"] as const)
        .filter((severity) => Object.values(policy.severity).includes(severity))
        .map((severity) => packPolicy(policy, severity, asked)),
    );
  return [
    {
      name: "inputs",
      description:
        "Finds nothing: it remembers what is asked for, which a preview of a new cluster does not know at its end.",
      enforcementLevel: "advisory",
      validateResource: ({ urn, props }) => void inputs.set(urn, known(props)),
    },
    ...rules,
  ];
}

function packPolicy(policy: Policy, severity: Severity, asked: Asked): StackValidationPolicy {
  const isOnly = new Set(Object.values(policy.severity).filter((it) => it !== "off")).size === 1;
  return {
    name: isOnly || severity === "error" ? policy.id : `${policy.id}-warning`,
    description: policy.why,
    enforcementLevel: LEVELS[severity],
    validateStack: ({ resources }, report) => {
      for (const finding of violationsOf(policy, resources, asked)) {
        if (finding.severity !== severity) continue;
        const { resource, message, remedy } = finding;
        report(`${resource.name}: ${message}\n${remedy}`, resource.urn);
      }
    },
  };
}

function violationsOf(
  policy: Policy,
  resources: readonly EngineResource[],
  { configOf, today, inputs }: Asked,
): readonly PolicyFinding[] {
  const stack = stackOf(resources);
  if (stack === undefined) return [];
  const config = configOf(stack);
  const scene = {
    plan: planOfEngine(stack, resources, inputs),
    production: isProduction(stack, config),
    today,
    config,
  };
  return findingsOf(scene, waiversIn(config), [], [policy]).open;
}

/** The program itself refuses a file that cannot be read, and says why. */
function configInFile(stack: string): RawConfig {
  try {
    return readStackConfig(ROOT, stack, process.env[OTHER_FILE]).config;
  } catch {
    return {};
  }
}
