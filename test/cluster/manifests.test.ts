import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { command, output, type Result } from "./commands";
import { missing } from "./settings";

const ROOT = resolve(__dirname, "../..");

/*
 * What the offline preview writes is what an API server takes, network policies included. A server-side dry run says
 * nothing about what they do: whether policies are enforced is the cluster's matter.
 */
describe("manifests of the offline preview", () => {
  const folder = mkdtempSync(join(tmpdir(), "next-on-eks-manifests-"));
  const made: string[] = [];

  before(() => {
    const lacking = missing();
    if (lacking.length > 0) throw new Error(`test:cluster cannot run:\n  ${lacking.join("\n  ")}`);
  });

  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    for (const name of made) await command("kubectl", ["delete", "namespace", name]);
  });

  for (const stack of ["dev", "prod", "local"]) {
    it(`of ${stack} are taken by the API server`, async () => {
      const { texts, result } = await dryRun(stack);
      assert.equal(result.code, 0, result.text);
      const kinds = texts.map((text) => /^kind: (.*)$/m.exec(text)?.[1]);
      for (const kind of ["Deployment", "Ingress", "NetworkPolicy", "HorizontalPodAutoscaler"]) {
        assert.ok(kinds.includes(kind), `${kind} is not among ${kinds.join(", ")}`);
      }
      assert.equal(result.stdout.match(/\(server dry run\)$/gm)?.length, texts.length);
    });
  }

  it("are refused when they are wrong (control)", async () => {
    const { result } = await dryRun("local", (text) =>
      text.replace("policyTypes:", "policyTypes:\n    - Sideways"),
    );
    assert.notEqual(result.code, 0);
    assert.match(result.text, /Sideways/);
  });

  async function dryRun(
    stack: string,
    change: (text: string) => string = (text) => text,
  ): Promise<{ texts: string[]; result: Result }> {
    const manifests = mkdtempSync(join(folder, stack));
    const preview = ["run", "-s", "preview", "--prefix", ROOT, "--"];
    await output("npm", [...preview, "--stack", stack, "--manifests", manifests]);
    const files = readdirSync(manifests).filter((name) => name.endsWith(".yaml"));
    const texts = files.map((name) => readFileSync(join(manifests, name), "utf8"));
    files.forEach((name, index) =>
      writeFileSync(join(manifests, name), change(texts[index] ?? "")),
    );
    for (const text of texts.filter((text) => /^kind: Namespace$/m.test(text))) {
      const name = /^ {2}name: (.*)$/m.exec(text)?.[1] ?? assert.fail(text);
      const { code } = await command("kubectl", ["create", "namespace", name]);
      if (code === 0) made.push(name);
    }
    const result = await command("kubectl", ["apply", "--dry-run=server", "-f", manifests]);
    return { texts, result };
  }
});
