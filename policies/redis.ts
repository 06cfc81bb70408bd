import { setCommand } from "../config/messages/commands";
import { inTheCode } from "./remedies";
import { PROJECT } from "../model/project";
import { factsRecord } from "../plan/facts";
import type { Plan, PlannedResource } from "../plan/plan";
import { isPartOf } from "../plan/typeNames";
import type { Policy, Scene, Violation } from "./policy";
import { at, isComputed, isNot, listOf, mapOf } from "./values";
import { containersOf, workloadsOf } from "./workloads";

/*
 * What Redis does when it is full.
 */

const PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup";
const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const NEVER = "noeviction";

const sessionsEvicted: Policy = {
  id: "sessions-evicted",
  why: "A Redis that evicts keys when it is full logs visitors out, one after the other, without an error anywhere.",
  severity: { production: "error", elsewhere: "off" },
  scanners: {},
  check: (scene) => [...ofOwnGroup(scene.plan), ...ofSharedRedis(scene)],
};

function ofOwnGroup({ resources }: Plan): Violation[] {
  return resources
    .filter(({ type, name }) => type === PARAMETERS && name.startsWith("sessions"))
    .filter((resource) => isNot(evictionOf(resource), NEVER))
    .map((resource) => ({
      resource,
      message: `has maxmemory-policy ${String(evictionOf(resource))}: sessions are evicted when it is full.`,
      remedy: inTheCode(`set it to ${NEVER}`, "EVICTION"),
    }));
}

/** Without a value ElastiCache evicts keys that have a lifetime. Source: ElastiCache, "Redis OSS 7 parameters". */
function evictionOf({ inputs }: PlannedResource): unknown {
  if (isComputed(inputs.parameters)) return inputs.parameters;
  const parameters = listOf(inputs.parameters);
  const policy = parameters.find((it) => at(it, "name") === "maxmemory-policy");
  return at(policy, "value") ?? "volatile-lru";
}

/** The app's pods are who uses it. */
function ofSharedRedis({ plan, config }: Scene): Violation[] {
  if (!isShared(plan) && !isSharedElsewhere(config)) return [];
  const users = workloadsOf(plan).filter((workload) =>
    containersOf(workload).some(({ spec }) =>
      listOf(spec.env).some((it) => at(it, "name") === "SESSION_REDIS_URL"),
    ),
  );
  return users.map(({ resource }) => ({
    resource,
    message:
      "its sessions share the Redis of the pages, which evicts keys when it is full of pages.",
    remedy: ownSessions(plan),
  }));
}

/** The facts of a stack say whether pages and sessions share one Redis that it makes. */
function isShared(plan: Plan): boolean {
  return /\bshared\b/.test(String(at(factsRecord(plan)?.inputs, "input", "redis.sessions")));
}

/** Of a Redis that the stack does not make only the config knows: its addresses are secrets. */
function isSharedElsewhere(config: Scene["config"] = {}): boolean {
  try {
    const { url, sessionUrl, sessions } = mapOf(JSON.parse(config[`${PROJECT}:redis`] ?? "{}"));
    return url !== undefined && sessionUrl === undefined && sessions === "shared";
  } catch {
    return false;
  }
}

/** A Redis that is not the stack's has its address in the config. */
function ownSessions({ resources, stack }: Plan): string {
  const own = setCommand("redis.sessions", "own", "", stack);
  const isMade = resources.some((it) => it.type === GROUP || isPartOf(it, "InClusterRedis"));
  return isMade ? own : `${setCommand("redis.sessionUrl", "URL", "--secret ", stack)}\n${own}`;
}

export const redisPolicies: readonly Policy[] = [sessionsEvicted];
