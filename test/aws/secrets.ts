import assert from "node:assert/strict";
import { output } from "../helpers/processes";
import { account } from "./account";
import type { AwsStack, StateResource } from "./awsStack";
import { settings } from "./settings";

/** How Pulumi marks a secret in an export. Source: sdk/go/common/resource/sig.go */
const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Shorter ones are no passwords, and would be found by chance. */
const LEAST = 16;

/** Every secret of the state, in clear: where it was found, by its value. */
export function secretsOf(resources: readonly StateResource[]): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, at: string, secret: boolean): void => {
    if (typeof value === "string") {
      if (secret && value.length >= LEAST && !isPublic(value)) found.set(value, at);
    } else if (Array.isArray(value)) {
      for (const item of value) walk(item, at, secret);
    } else if (typeof value === "object" && value !== null) {
      const map = value as Record<string, unknown>;
      if (map[MARK] === SECRET) {
        walk(JSON.parse(String(map.plaintext)), at, true);
      } else {
        // A Kubernetes resource repeats its inputs there, all of them as one secret where one of them is.
        const items = Object.entries(map).filter(([key]) => key !== "__inputs");
        for (const [key, item] of items) walk(item, `${at}.${key}`, secret);
      }
    }
  };
  for (const { urn, type, inputs, outputs } of resources) {
    walk(inputs, urn, false);
    walk(outputs, urn, false);
    if (type !== "kubernetes:core/v1:Secret") continue;
    for (const [value, at] of [...found]) {
      // A Secret holds what it was given as base64.
      const decoded = Buffer.from(value, "base64").toString();
      if (!at.startsWith(`${urn}.data.`)) continue;
      if (isPublic(decoded)) found.delete(value);
      else found.set(decoded, at);
    }
  }
  return found;
}

/** What Pulumi keeps as a secret and is none: a certificate, and a kubeconfig that asks the AWS CLI for a token. */
function isPublic(value: string): boolean {
  const kubeconfig = value.includes("get-token") && !/"?(token|client-key-data)"?:/.test(value);
  return kubeconfig || /^-----BEGIN (CERTIFICATE|PUBLIC KEY)/.test(value);
}

/** As it would lie somewhere: a key of several lines by its longest, whatever the ends of lines are there. */
function formsOf(secret: string): string[] {
  const [line = ""] = secret.split("\n").sort((a, b) => b.length - a.length);
  return [line, Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1)];
}

/** Fails where a secret of the stack, or its base64, lies in clear. */
export async function checkSecrets(stack: AwsStack, mark: number): Promise<void> {
  const secrets = secretsOf((await stack.state("--show-secrets")).resources);
  assert.ok(secrets.size >= 2, "the state has fewer secrets than the config");
  const places: Record<string, string> = {
    "the state": stack.stateFile(),
    "the outputs": JSON.stringify(await stack.outputs()),
    "what the CLI printed": stack.log,
    "the objects of the cluster": await objects(await stack.kubeconfig()),
    ...(settings.events !== undefined && { "the event log": account.text(mark) }),
  };
  const clear: string[] = [];
  for (const [place, text] of Object.entries(places)) {
    assert.notEqual(text, "", place);
    for (const [secret, at] of secrets) {
      if (formsOf(secret).some((form) => text.includes(form)))
        clear.push(`${at} is in clear in ${place}`);
    }
  }
  assert.deepEqual(clear, []);
}

/** Every object of the cluster that is no Secret, as JSON. */
async function objects(kubeconfig: string): Promise<string> {
  const access = ["--kubeconfig", kubeconfig];
  const listed = await output("kubectl", [
    ...["api-resources", "--verbs=list", "-o", "name"],
    ...access,
  ]);
  const kinds = listed.split("\n").filter((kind) => kind !== "" && kind !== "secrets");
  return output("kubectl", ["get", kinds.join(","), "-A", "-o", "json", ...access]);
}
