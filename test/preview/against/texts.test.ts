import * as assert from "node:assert/strict";
import { Unknown } from "../../../engine/engine";
import { planIn } from "../../../preview/against/planning";
import { COMPUTED, type PlannedResource } from "../../../plan/plan";
import { ROOT } from "../../helpers/configs";
import { configWith, SECRETS } from "../../golden/bases";
import type { Base } from "../../golden/scenario";

/*
 * A text that is not known as a whole looks the same in both versions, whatever somebody changes in it. So none may be unknown
 * but what is nothing else than the output of another resource.
 */

const UNKNOWN_SECRET = "[a secret that is not known]";
const hide = (secret: unknown) => (secret instanceof Unknown ? UNKNOWN_SECRET : "[secret]");

/** `FileSystemPolicy files-policy: policy` for each value that is not known. */
function unknownIn(resource: PlannedResource): string[] {
  const name = `${resource.type.split(":").at(-1)} ${resource.name}`;
  assert.ok(resource.options.texts, name);
  return pathsOf(resource.options.texts, "").map((path) => `${name}: ${path}`);
}

function pathsOf(value: unknown, path: string): string[] {
  if (value === COMPUTED || value === UNKNOWN_SECRET) return [path];
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, path));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, path === "" ? key : `${path}.${key}`),
  );
}

/** Ids, names, ARNs and addresses of other resources, as they are. */
const OUTPUT =
  /(^|\.)(role|repository|image|address|username|password|authToken|privateKeyPem|type|records|name|zoneId|roleArn|clusterName|securityGroups|validationRecordFqdns|\w+(Ids?|Name|Arn))$|-ssl-cert$/;

describe("plans that are compared", function () {
  this.timeout(60_000);

  for (const base of ["dev", "prod", "local"] satisfies Base[]) {
    it(`have no text of stack ${base} in which a change would not be seen`, async () => {
      const secrets = Object.fromEntries(SECRETS[base].map((path) => [path, "v1:first"]));
      const { resources } = await planIn(ROOT, configWith(base, {}, secrets), hide);
      const unknown = resources.flatMap(unknownIn);
      assert.deepEqual(
        unknown.filter((it) => !OUTPUT.test(it.replace(/^.*: /, ""))),
        [],
        "say in preview/answers.ts, IN_TEXTS, what stands in it",
      );
      assert.ok(
        base === "local" || unknown.length > 30,
        `(control) ${unknown.length} are not known`,
      );
    });
  }

  it("(control) would be found out", () => {
    for (const text of ["policy", "data.nginx.conf", "stringData", "kubeconfig"]) {
      assert.ok(!OUTPUT.test(text), text);
    }
  });
});
