import { deployedImages } from "../../../model/rollout";
import { setCommand } from "../../messages/commands";
import { told } from "../../messages/problems";
import { DIGEST_EXAMPLE } from "../../rules/images";
import type { AwsConfig } from "./config";
import { DOCUMENTATION_HOST } from "./rules/certificateNames";

/** Ranges that RFC 5737 reserves for documentation: nobody's address. */
const DOCUMENTATION_RANGE = /^(192\.0\.2|198\.51\.100|203\.0\.113)\./;
/** Accounts that AWS uses in its documentation. */
const DOCUMENTATION_ACCOUNT = /\b(111122223333|123456789012|444455556666)\b/;
/** The digest in `Pulumi.prod.yaml`, which nobody pushed. */
const EXAMPLE_DIGEST = "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/**
 * Values of the committed example that a plan may show but that cannot be deployed: each is a warning in a preview, and
 * an error in `pulumi up`, before anything is created.
 */
export function placeholders({ app, cluster, ingress }: AwsConfig): string[] {
  const found: string[] = [];
  const range = cluster.publicAccessCidrs.find((cidr) => DOCUMENTATION_RANGE.test(cidr));
  if (range !== undefined) {
    const remedy = setCommand("cluster.publicAccessCidrs[0]", "YOUR.ADDRESS/32");
    found.push(placeholder("cluster.publicAccessCidrs", range, "an example range", remedy));
  }
  const role = cluster.adminRoleArns.find((arn) => DOCUMENTATION_ACCOUNT.test(arn));
  if (role !== undefined) {
    const remedy = `${setCommand("cluster.adminRoleArns[0]", "ARN")}\nnot the role that runs the first pulumi up; if there is no other, remove the key`;
    found.push(placeholder("cluster.adminRoleArns", role, OF_AN_ACCOUNT, remedy));
  }
  for (const [key, image] of deployedImages(app)) {
    const what = DOCUMENTATION_ACCOUNT.test(image)
      ? OF_AN_ACCOUNT
      : image.endsWith(EXAMPLE_DIGEST) && "the example's digest";
    if (what) found.push(placeholder(key, image, what, setCommand(key, DIGEST_EXAMPLE)));
  }
  const { certificateArn } = ingress.tls ?? {};
  if (certificateArn !== undefined && DOCUMENTATION_ACCOUNT.test(certificateArn)) {
    const key = "ingress.tls.certificateArn";
    found.push(placeholder(key, certificateArn, OF_AN_ACCOUNT, setCommand(key, "ARN")));
  }
  if (ingress.zone !== undefined && DOCUMENTATION_HOST.test(ingress.zone)) {
    const remedy = setCommand("ingress.zone", "YOUR.ZONE");
    found.push(placeholder("ingress.zone", ingress.zone, "an example zone", remedy));
  }
  return found;
}

const OF_AN_ACCOUNT = "of an example account";

function placeholder(key: string, value: string, what: string, remedy: string): string {
  return told(key, `'${value}' is ${what}; set your own before pulumi up.`, remedy);
}
