import { overlaps, parseCidr } from "../../model/cidr";
import { KUBERNETES_VERSIONS } from "../../model/kubernetesVersions";
import { known, text, type Rule } from "./rule";

const within = (cidr: string, others: readonly string[]) => {
  const range = parseCidr(cidr);
  return others.find((other) => {
    const outer = parseCidr(other);
    return range && outer && range.first >= outer.first && range.last <= outer.last;
  });
};

/** CreateCluster, kubernetesNetworkConfig.serviceIpv4Cidr. */
const services: Rule = ({ kubernetesServiceIpAddressRange }) => {
  const cidr = String(known(kubernetesServiceIpAddressRange));
  const { prefix = 0 } = parseCidr(cidr) ?? {};
  if (prefix < 12 || prefix > 24) return `the range of Services '${cidr}' is not /12 to /24`;
  return within(cidr, ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]) === undefined
    ? `the range of Services '${cidr}' is not a private one`
    : undefined;
};

/** EKS user guide, "Configure network access to cluster API server endpoint"; quotas: 40 ranges, not adjustable. */
const access: Rule = ({ publicAccessCidrs }) => {
  const ranges = (known(publicAccessCidrs) ?? []) as string[];
  if (ranges.length > 40) return `publicAccessCidrs: ${ranges.length} ranges, 40 are allowed`;
  if (new Set(ranges).size < ranges.length) return "publicAccessCidrs: a range is there twice";
  const reserved = ranges.find(isReserved);
  return reserved && `publicAccessCidrs: '${reserved}' is reserved`;
};

/** IANA, "IPv4 Special-Purpose Address Registry", without the ranges for documents, which `up` refuses by itself. */
const RESERVED = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
];

function isReserved(cidr: string): boolean {
  const range = parseCidr(cidr);
  return (
    range !== undefined &&
    range.prefix > 0 &&
    RESERVED.some((other) => {
      const reserved = parseCidr(other);
      return reserved !== undefined && overlaps(range, reserved);
    })
  );
}

/** CreateAccessEntry, principalArn; IAM, "IAM identifiers": names of 64, paths of 512 characters. */
const PRINCIPAL = /^arn:aws:iam::\d{12}:(role|user)(\/[!-~]{1,510})?\/[\w+=,.@-]{1,64}$/;

export const eks: Readonly<Record<string, readonly Rule[]>> = {
  "aws:eks/accessEntry:AccessEntry": [text("principalArn", PRINCIPAL)],
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": [
    text("principalArn", PRINCIPAL),
    text("policyArn", /^arn:aws:eks::aws:cluster-access-policy\/\w+$/),
  ],
  "eks:index:Cluster": [
    services,
    access,
    text("version", new RegExp(`^(${KUBERNETES_VERSIONS.join("|")})$`)),
  ],
};
