import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { kubectlIn, kubectlWith } from "../../components/kubectl";

describe("kubectl", () => {
  const folder = mkdtempSync(join(tmpdir(), "next-on-eks-test-"));
  const path = process.env.PATH;
  const words = join(folder, "words");
  const kept = join(folder, "kept");

  /** In place of kubectl: notes what it was called with, and the kubeconfig that is there meanwhile. */
  before(() => {
    const file = join(folder, "kubectl");
    writeFileSync(
      file,
      `#!/bin/sh\nprintf '%s\\n' "$@" >${words}\nfor word; do case $word in */kubeconfig) cp -p "$word" ${kept};; esac; done\necho answer\n[ "$1" != fail ]\n`,
    );
    chmodSync(file, 0o755);
    process.env.PATH = `${folder}:${path}`;
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });
  const called = () => readFileSync(words, "utf8").trim().split("\n");

  it("is run in the stack's context, and not for long", async () => {
    assert.equal(await kubectlIn("kind")(["get", "pods"]), "answer\n");
    assert.deepEqual(called(), ["get", "pods", "--context", "kind", "--request-timeout=5s"]);
    await kubectlIn(undefined)(["get", "pods"]);
    assert.deepEqual(called(), ["get", "pods", "--request-timeout=5s"]);
    await assert.rejects(kubectlIn(undefined)(["fail"]));
  });

  it("has a kubeconfig that the stack made in a file of its own, which goes", async () => {
    for (const verb of ["logs", "fail"]) {
      const run = kubectlWith(pulumi.secret("the config"))([verb, "web"]);
      if (verb === "fail") await assert.rejects(run);
      else assert.equal(await run, "answer\n");
      const file = called()[called().indexOf("--kubeconfig") + 1] ?? "";
      assert.ok(file.endsWith("/kubeconfig"), file);
      assert.ok(!existsSync(file), `${file} is still there`);
      assert.equal(readFileSync(kept, "utf8"), "the config");
    }
  });
});
