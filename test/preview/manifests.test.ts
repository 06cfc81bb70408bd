import * as assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { Secret } from "../../engine/engine";
import { writeManifests } from "../../preview/manifestFiles";
import { chartsOf, manifestsOf, type Manifest } from "../../preview/manifests";
import { placeholder } from "../../preview/placeholders";
import { UsageError } from "../../cli/stackConfig";
import { recorded, runOf, Scratch, unknown } from "./helpers";

const PASSWORD = "HUNTER2";

function object(kind: string, name: string, more: Record<string, unknown> = {}) {
  return recorded(`kubernetes:core/v1:${kind}`, name, {
    inputs: { apiVersion: "v1", kind, ...more },
  });
}

describe("preview: manifests", () => {
  it("are the Kubernetes objects alone, in the order in which they can be applied", () => {
    const run = runOf(
      object("Ingress", "site"),
      object("Secret", "b"),
      object("Secret", "a"),
      object("Unheard", "last"),
      object("Namespace", "space"),
      recorded("kubernetes:core/v1:Namespace", "there", { read: true }),
      recorded("kubernetes:helm.sh/v3:Release", "chart", { inputs: { chart: "oci://c" } }),
      recorded("pulumi:providers:kubernetes", "cluster"),
      recorded("aws:ec2/vpc:Vpc", "vpc"),
    );
    assert.deepEqual(
      manifestsOf(run).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ["Namespace space", "Secret a", "Secret b", "Ingress site", "Unheard last"],
    );
    assert.deepEqual(chartsOf(run), [{ name: "chart", chart: "oci://c" }]);
  });

  it("take the resource's name where Pulumi would make one", () => {
    const named = object("Namespace", "resource", { metadata: { name: "given" } });
    const [first, second] = manifestsOf(runOf(named, object("Service", "resource")));
    assert.equal(first?.metadata.name, "given");
    assert.equal(second?.metadata.name, "resource");
  });

  it("have placeholders of the type that the field takes", () => {
    const [volume] = manifestsOf(
      runOf(
        object("PersistentVolume", "files", {
          metadata: { labels: unknown },
          spec: {
            capacity: { storage: unknown },
            csi: { driver: unknown, volumeHandle: unknown },
            mountOptions: [unknown],
            accessModes: unknown,
          },
        }),
      ),
    );
    assert.deepEqual(volume, {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "files", labels: { computed: "computed" } },
      spec: {
        capacity: { storage: "1Gi" },
        csi: { driver: "computed", volumeHandle: "fs-computed::fsap-computed" },
        mountOptions: ["computed"],
        accessModes: ["computed"],
      },
    });
    assert.equal(placeholder("containerPort", "computed"), 1);
    assert.equal(placeholder("number", "computed"), 1);
    assert.equal(placeholder("replicas", "computed"), 1);
    assert.equal(placeholder("mountPath", "computed"), "/computed");
  });

  it("never hold what is secret, and stay valid", () => {
    const secrets = [
      { stringData: new Secret({ KEY: PASSWORD, OTHER: unknown }) },
      { stringData: { KEY: PASSWORD } },
      { data: new Secret({ KEY: new Secret(PASSWORD) }) },
      { stringData: new Secret(unknown), type: "kubernetes.io/tls" },
      { stringData: unknown },
    ];
    const written = manifestsOf(
      runOf(...secrets.map((more, i) => object("Secret", `s${i}`, more))),
    );
    assert.deepEqual(
      written.map((manifest) => (manifest as unknown as { stringData: object }).stringData),
      [
        { KEY: "[secret]", OTHER: "[secret]" },
        { KEY: "[secret]" },
        { KEY: "[secret]" },
        { "tls.crt": "[secret]", "tls.key": "[secret]" },
        { computed: "[secret]" },
      ],
    );
    const [deployment] = manifestsOf(
      runOf(object("Deployment", "d", { spec: new Secret({ replicas: 2, image: PASSWORD }) })),
    );
    assert.deepEqual((deployment as unknown as { spec: object }).spec, {
      replicas: 1,
      image: "secret",
    });
    assert.ok(!JSON.stringify([...written, deployment]).includes(PASSWORD));
    // The check can fail: a value that nobody marked is there.
    const open = manifestsOf(runOf(object("ConfigMap", "c", { data: { KEY: PASSWORD } })));
    assert.ok(JSON.stringify(open).includes(PASSWORD));
  });
});

describe("preview: files of manifests", () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  const manifest = (kind: string, name: string, more = {}): Manifest =>
    ({ apiVersion: "v1", kind, metadata: { name }, ...more }) as Manifest;
  const read = (folder: string, file: string) =>
    readFileSync(scratch.path(`${folder}/${file}`), "utf8");

  it("are numbered, one an object, and read back as they were", () => {
    const many = Array.from({ length: 11 }, (_, index) => manifest("Service", `s${index}`));
    // Plain YAML would read a list, a number and a boolean here.
    const tricky = manifest("Secret", "z", { stringData: { a: "[secret]", b: "1", c: "true" } });
    writeManifests(scratch.path("new"), "test", [...many, tricky], []);
    const files = readdirSync(scratch.path("new")).sort();
    assert.equal(files.length, 13);
    assert.deepEqual(files.slice(0, 2), ["01-service-s0.yaml", "02-service-s1.yaml"]);
    assert.deepEqual(parse(read("new", "12-secret-z.yaml")), tricky);
  });

  it("replace those of an earlier run", () => {
    const folder = scratch.path("again");
    writeManifests(folder, "test", [manifest("Service", "old")], []);
    writeManifests(folder, "test", [manifest("Service", "young")], []);
    assert.deepEqual(readdirSync(folder).sort(), ["1-service-young.yaml", "README.md"]);
  });

  it("list the charts, which they do not hold", () => {
    const chart = { name: "ingress", chart: "oci://c", version: "1.2.3", namespace: "n" };
    writeManifests(scratch.path("charts"), "test", [], [chart]);
    assert.match(read("charts", "README.md"), /^- ingress: oci:\/\/c 1\.2\.3 in the namespace n$/m);
  });

  it("are not written beside foreign files, none of which is touched", () => {
    mkdirSync(scratch.path("foreign"));
    scratch.write("foreign/mine.yaml", "kind: Mine\n");
    const write = (folder: string) => () => writeManifests(scratch.path(folder), "test", [], []);
    assert.throws(
      write("foreign"),
      (error) =>
        error instanceof UsageError && /holds 'mine\.yaml', which no preview/.test(error.message),
    );
    assert.deepEqual(readdirSync(scratch.path("foreign")), ["mine.yaml"]);
    mkdirSync(scratch.path("nested/folder"), { recursive: true });
    assert.throws(write("nested"), /holds 'folder'/);
    scratch.write("file", "");
    assert.throws(write("file"), /is no folder/);
  });
});
