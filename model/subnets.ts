import { formatCidr, parseCidr } from "./cidr";

/** The address ranges of one zone. */
export interface ZoneSubnets {
  readonly private: string;
  readonly public: string;
}

/**
 * Divides a VPC into a private and a public range for each zone. Three quarters are private, one per zone, because pods
 * run there; the last quarter holds the public ones. A zone's ranges do not depend on the number of zones. Nevertheless
 * the number cannot change later: EKS only accepts subnets in the zones that the cluster was created with. Source: EKS
 * user guide, "Amazon EKS networking requirements for VPC and subnets".
 *
 * @param cidr range of the VPC, such as 10.20.0.0/16
 * @param zones number of zones, 1 to 3
 */
export function subnetCidrs(cidr: string, zones: number): ZoneSubnets[] {
  const vpc = parseCidr(cidr);
  if (!vpc) throw new Error(`subnetCidrs: '${cidr}' is no IPv4 range`);
  const quarter = 2 ** (32 - vpc.prefix - 2);
  return Array.from({ length: zones }, (_, zone) => ({
    private: formatCidr(vpc.first + zone * quarter, vpc.prefix + 2),
    public: formatCidr(vpc.first + 3 * quarter + zone * (quarter / 4), vpc.prefix + 4),
  }));
}
