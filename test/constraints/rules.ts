import { overlaps, parseCidr } from "../../model/cidr";
import { elasticache } from "./rulesOfElastiCache";
import { eks } from "./rulesOfEks";
import { all, each, range, text, type Rule } from "./rule";

/*
 * What AWS refuses and its service models do not say. The source is the documentation in the same models (botocore,
 * data/SERVICE/VERSION/service-2.json: the member), or a page of AWS.
 */

// EC2, UserIdGroupPair.Description: the strictest of EC2's three lists, without the `&` of the other two.
const RULE_TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]*$/;
// EC2, CreateSecurityGroup, GroupName and Description.
const GROUP_TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/;

/** EC2, CreateVpc and CreateSubnet; VPC user guide, "IPv4 VPC CIDR blocks" and "Subnet sizing". */
const block: Rule = ({ cidrBlock }) => {
  const cidr = parseCidr(String(cidrBlock));
  if (!cidr) return `cidrBlock: '${String(cidrBlock)}' is no range`;
  if (cidr.prefix < 16 || cidr.prefix > 28) return `cidrBlock: /${cidr.prefix} is not /16 to /28`;
  const refused = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"].find((other) => {
    const range = parseCidr(other);
    return range && overlaps(cidr, range);
  });
  return refused && `cidrBlock: '${String(cidrBlock)}' is of ${refused}`;
};

const oneOf =
  (...names: string[]): Rule =>
  (inputs) => {
    const given = names.filter((name) => inputs[name] !== undefined);
    return given.length === 1 ? undefined : `${given.join(", ") || "none"} of ${names.join(", ")}`;
  };

/** JSON that the API takes as text. */
const json =
  (name: string): Rule =>
  (inputs) => {
    try {
      JSON.parse(String(inputs[name]));
      return undefined;
    } catch {
      return `${name}: is no JSON`;
    }
  };

/** RFC 1035, as Route 53 reads it: "DNS domain name format". */
const domainName: Rule = ({ name }) => {
  const whole = String(name).replace(/\.$/, "");
  if (whole.length > 253) return `name: ${whole.length} characters, 253 are allowed`;
  const long = whole.split(".").find((part) => part === "" || part.length > 63);
  return long === undefined ? undefined : `name: '${long}' has not 1 to 63 characters`;
};

export const RULES: Readonly<Record<string, readonly Rule[]>> = {
  "aws:ec2/vpc:Vpc": [block],
  "aws:ec2/subnet:Subnet": [block, text("availabilityZone", /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/)],
  "aws:ec2/eip:Eip": [text("domain", /^vpc$/)],
  "aws:ec2/route:Route": [
    oneOf("gatewayId", "natGatewayId"),
    text("destinationCidrBlock", /^[0-9.]+\/\d+$/),
  ],
  "aws:ec2/routeTable:RouteTable": [text("vpcId", /^vpc-[0-9a-f]+$/)],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": [
    text("routeTableId", /^rtb-[0-9a-f]+$/),
    text("subnetId", /^subnet-[0-9a-f]+$/),
  ],
  "aws:ec2/natGateway:NatGateway": [
    text("allocationId", /^eipalloc-[0-9a-f]+$/),
    text("subnetId", /^subnet-[0-9a-f]+$/),
  ],
  "aws:ec2/vpcEndpoint:VpcEndpoint": [text("serviceName", /^com\.amazonaws\.[a-z0-9-]+\.s3$/)],
  "aws:ec2/tag:Tag": [text("key", /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,127}$/u)],
  "aws:ec2/securityGroup:SecurityGroup": [
    all("description", GROUP_TEXT, 255),
    all("name", GROUP_TEXT, 255),
    text("name", /^(?!sg-)/),
    text("vpcId", /^vpc-[0-9a-f]+$/),
  ],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [
    all("description", RULE_TEXT, 255),
    range("fromPort", 0, 65_535),
    range("toPort", 0, 65_535),
    text("ipProtocol", /^(tcp|udp|icmp|-1)$/),
    oneOf("referencedSecurityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId"),
    text("referencedSecurityGroupId", /^sg-[0-9a-f]+$/),
  ],
  "aws:efs/fileSystemPolicy:FileSystemPolicy": [json("policy")],
  // IAM, "IAM and AWS STS quotas": 2,048 characters of the trust policy, 4,096 on request.
  "aws:iam/role:Role": [json("assumeRolePolicy"), all("assumeRolePolicy", /[^]*/, 2048)],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
    text("policyArn", /^arn:aws:iam::(aws|\d{12}):policy\/.+$/),
  ],
  // KMS, ScheduleKeyDeletion, PendingWindowInDays; its model allows 365.
  "aws:kms/key:Key": [range("deletionWindowInDays", 7, 30)],
  // CloudWatch Logs, PutRetentionPolicy, retentionInDays.
  "aws:cloudwatch/logGroup:LogGroup": [
    text(
      "retentionInDays",
      /^(1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653)$/,
    ),
  ],
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": [json("policy")],
  "aws:acm/certificate:Certificate": [
    // ACM, RequestCertificate, DomainName: it becomes the common name.
    all("domainName", /[^]*/, 64),
    // ACM, RequestCertificate, SubjectAlternativeNames: 100 names together with the first.
    ({ subjectAlternativeNames }) =>
      ((subjectAlternativeNames as unknown[] | undefined) ?? []).length > 99
        ? "subjectAlternativeNames: more than 100 names with domainName"
        : undefined,
  ],
  "aws:route53/record:Record": [domainName],
  "aws:eks/addon:Addon": [
    each("podIdentityAssociations", "serviceAccount", /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/),
  ],
  ...elasticache,
  ...eks,
};
