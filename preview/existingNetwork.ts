import { PROJECT } from "../model/project";

/*
 * What AWS would answer about a VPC that exists. Offline nothing can be looked up: the answers describe a network in
 * which the stack can run, so that the plan has its usual shape.
 */

interface NetworkConfig {
  readonly vpcId: string;
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
}

/** An example range (RFC 5737): only AWS knows which one the VPC has. */
const SOME_RANGE = "192.0.2.0/24";

type Answer = (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** Answers by the token of the lookup; none if the stack creates its network. */
export function existingNetworkAnswers(
  region: string,
  config: Readonly<Record<string, string>>,
): Readonly<Record<string, Answer>> {
  const network = existingNetworkOf(config);
  if (!network) return {};
  const zoneOf = (id: unknown) => {
    const ids = [network.privateSubnetIds, network.publicSubnetIds];
    const index = Math.max(...ids.map((some) => some.indexOf(String(id))));
    return { availabilityZone: `${region}${"abcdef"[index] ?? "a"}` };
  };
  const tags = { "kubernetes.io/role/elb": "1", "kubernetes.io/role/internal-elb": "1" };
  return {
    "aws:ec2/getVpc:getVpc": () => ({
      cidrBlock: SOME_RANGE,
      enableDnsSupport: true,
      enableDnsHostnames: true,
    }),
    "aws:ec2/getSubnet:getSubnet": ({ id }) => ({ vpcId: network.vpcId, ...zoneOf(id), tags }),
    "aws:ec2/getRouteTable:getRouteTable": ({ subnetId }) => {
      const nodes = network.privateSubnetIds.includes(String(subnetId));
      return { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: nodes ? "" : "igw-offline" }] };
    },
  };
}

/** What a reader of an offline plan should know. */
export function existingNetworkWarnings(config: Readonly<Record<string, string>>): string[] {
  return existingNetworkOf(config)
    ? [
        `${PROJECT}:network.existing: offline, AWS is not asked; pulumi preview checks zones, routes and tags. ${SOME_RANGE} stands for the VPC's range.`,
      ]
    : [];
}

function existingNetworkOf(config: Readonly<Record<string, string>>): NetworkConfig | undefined {
  const text = config[`${PROJECT}:network`];
  try {
    return (JSON.parse(text ?? "{}") as { existing?: NetworkConfig }).existing;
  } catch {
    // The config check refuses it, with a better message.
    return undefined;
  }
}
