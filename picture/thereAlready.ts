import { Members, textAt } from "./members";
import type { Graph, Link, Part } from "./part";

/*
 * What a stack needs and does not make: a cluster, a VPC, an ingress controller, a Redis. The plan names them in inputs.
 */

const NONE = new Members([]);

export function thereAlready(
  parts: readonly Part[],
  links: readonly Link[],
): Pick<Graph, "parts" | "links"> {
  const cluster = clusterFor(parts);
  const clusterId = cluster?.part.id ?? ofType(parts, "EksCluster")[0]?.id;
  const found = [
    cluster,
    networkFor(parts),
    controllerFor(parts, links, clusterId),
    redisFor(parts),
  ].flatMap((it) => it ?? []);
  return { parts: found.map(({ part }) => part), links: found.flatMap((it) => it.links) };
}

interface Found {
  readonly part: Part;
  readonly links: readonly Link[];
}

/** @param users ids of the parts that need it */
function found(
  part: Pick<Part, "id" | "title" | "facts" | "place">,
  users: readonly string[],
): Found {
  return {
    part: { ...part, component: part.id, members: NONE, existing: true },
    links: users.map((from) => ({ from, to: part.id, refers: true })),
  };
}

function ofType(parts: readonly Part[], type: string): Part[] {
  return parts.filter(({ component }) => component.startsWith(`${type} `));
}

function clusterFor(parts: readonly Part[]): Found | undefined {
  if (ofType(parts, "EksCluster").length > 0) return undefined;
  if (!parts.some(({ members }) => members.inCluster)) return undefined;
  const part = {
    id: "cluster, there already",
    title: "Kubernetes cluster",
    facts: ["there already"],
    place: { frame: "cluster" } as const,
  };
  return found(part, []);
}

function networkFor(parts: readonly Part[]): Found | undefined {
  if (ofType(parts, "Network").length > 0) return undefined;
  const users = parts.flatMap(({ id, members }) => {
    const vpc = members.resources.map(({ inputs }) => textAt(inputs, "vpcId")).find(Boolean);
    return vpc === undefined ? [] : [{ id, vpc }];
  });
  const [first] = users;
  if (!first) return undefined;
  const part = {
    id: "network, there already",
    title: "AWS network",
    facts: [first.vpc, "there already"],
    place: { frame: "network" } as const,
  };
  return found(
    part,
    users.map(({ id }) => id),
  );
}

function controllerFor(
  parts: readonly Part[],
  links: readonly Link[],
  cluster: string | undefined,
): Found | undefined {
  const controllers = new Set(ofType(parts, "IngressController").map(({ id }) => id));
  const users = ofType(parts, "AppIngress").filter(
    ({ id }) => !links.some(({ from, to }) => from === id && controllers.has(to)),
  );
  const [first] = users;
  if (!first) return undefined;
  const className = first.members.value("Ingress", "spec.ingressClassName");
  const part = {
    id: "ingress controller, there already",
    title: "ingress controller",
    facts: [className === undefined ? "" : `class ${className}`, "there already"].filter(Boolean),
    place: { row: "entry", order: 1 } as const,
  };
  const controller = found(
    part,
    users.map(({ id }) => id),
  );
  const inside = cluster === undefined ? [] : [{ from: part.id, to: cluster, refers: true }];
  return { ...controller, links: [...controller.links, ...inside] };
}

/** The application has a Secret with addresses of Redis, and no part makes one. */
function redisFor(parts: readonly Part[]): Found | undefined {
  const made = ["RedisCache", "InClusterRedis"].flatMap((type) => ofType(parts, type));
  const users = ofType(parts, "NextApp").filter(({ members }) =>
    members.of("Secret").some(({ name }) => name.endsWith("-redis")),
  );
  if (made.length > 0 || users.length === 0) return undefined;
  const part = {
    id: "Redis, there already",
    title: "Redis: pages, sessions",
    facts: ["there already"],
    place: { row: "state", order: 1 } as const,
  };
  return found(
    part,
    users.map(({ id }) => id),
  );
}
