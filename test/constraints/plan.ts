import { overlaps, parseCidr } from "../../model/cidr";
import type { RecordedResource } from "../../engine/engine";
import { objections } from "./models";
import type { Inputs } from "./rule";
import { RULES } from "./rules";
import { SENT } from "./sent";

/** What the provider puts to a resource's inputs by itself. */
export interface Provided {
  readonly tags: Readonly<Record<string, string>>;
}

/** Resources whose inputs go to AWS; what is read is not made. */
export function sentToAws(resources: readonly RecordedResource[]): RecordedResource[] {
  return resources.filter(({ type, read }) => /^(aws|eks):/.test(type) && !read);
}

/** Each input of a plan that AWS would refuse, as `Type name: input: why`. */
export function violations(
  resources: readonly RecordedResource[],
  { tags }: Provided = { tags: {} },
): string[] {
  const sent = sentToAws(resources);
  const single = sent.flatMap(({ type, name, inputs }) => {
    const whole = completed(type, name, inputs, tags);
    const refused = (RULES[type] ?? []).map((rule) => rule(whole));
    const found = [...objections(type, whole), ...refused, ...ofTags(type, whole)];
    return found
      .filter((problem) => problem !== undefined)
      .map((problem) => `${type} ${name}: ${problem}`);
  });
  return [...single, ...ofSubnets(sent)];
}

/** The name that Pulumi gives: the logical one and seven hexadecimal digits. */
export function nameOf(type: string, name: string, inputs: Inputs): string | undefined {
  const named = SENT[type]?.named;
  return (inputs[named?.input ?? "name"] ?? (named && `${name}-0a1b2c3`)) as string | undefined;
}

function completed(type: string, name: string, inputs: Inputs, tags: Provided["tags"]): Inputs {
  const { named, tagged } = SENT[type] ?? {};
  return {
    ...inputs,
    ...(named && { [named.input]: nameOf(type, name, inputs) }),
    ...(tagged && { tags: { ...tags, ...(inputs.tags as object | undefined) } }),
  };
}

const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Tagging AWS Resources user guide, "Tag naming limits and requirements"; EC2 API reference, Tag; IAM user guide, "Rules for tagging in IAM". */
function ofTags(type: string, { tags }: Inputs): string[] {
  const entries = Object.entries((tags ?? {}) as Record<string, string>);
  const keys = entries.map(([key]) => key);
  const folded = new Set(keys.map((key) => key.toLowerCase()));
  return [
    ...(keys.length > 50 ? [`tags: ${keys.length}, 50 are allowed`] : []),
    ...(type.startsWith("aws:iam") && folded.size < keys.length ? ["tags: IAM knows no case"] : []),
    ...entries
      .filter(
        ([key, value]) =>
          !TAG.test(key + value) ||
          /^aws:/i.test(key) ||
          key.length < 1 ||
          key.length > 127 ||
          value.length > 256,
      )
      .map(([key]) => `tags: '${key}' is refused`),
  ];
}

/** EC2, CreateSubnet: inside the VPC's range, apart from each other. EFS, CreateMountTarget: one a zone. */
function ofSubnets(resources: readonly RecordedResource[]): string[] {
  const blocks = (type: string) =>
    resources
      .filter((resource) => resource.type === type)
      .map(({ name, inputs }) => ({ name, cidr: parseCidr(String(inputs.cidrBlock)) }));
  const subnets = blocks("aws:ec2/subnet:Subnet");
  const outside = blocks("aws:ec2/vpc:Vpc").flatMap(({ cidr: vpc }) =>
    subnets.filter(({ cidr }) => vpc && (!cidr || cidr.first < vpc.first || cidr.last > vpc.last)),
  );
  const shared = subnets.filter(({ cidr }, index) =>
    subnets.slice(0, index).some((other) => cidr && other.cidr && overlaps(cidr, other.cidr)),
  );
  const targets = resources
    .filter(({ type }) => type === "aws:efs/mountTarget:MountTarget")
    .map(({ inputs }) => JSON.stringify(inputs.subnetId));
  return [
    ...outside.map(({ name }) => `Subnet ${name}: is outside the VPC`),
    ...shared.map(({ name }) => `Subnet ${name}: shares addresses with another`),
    ...(new Set(targets).size < targets.length ? ["MountTarget: two in one subnet"] : []),
  ];
}
