import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { hasFacts } from "../../preview/facts";
import type { Plan } from "../../plan/plan";
import { isComponent } from "../../plan/typeNames";
import { stackFixture } from "../helpers/configs";
import { preview, ROOT, Scratch, STACKS, tooWide, type Ended } from "./helpers";

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

const DNS_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

function objectsIn(folder: string): KubernetesObject[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => parse(readFileSync(join(folder, file), "utf8")) as KubernetesObject);
}

/** What is wrong with objects before any API server sees them. */
function flaws(objects: readonly KubernetesObject[]): string[] {
  const keys = objects.map(
    ({ kind, metadata }) => `${kind} ${metadata?.namespace ?? ""}/${metadata?.name}`,
  );
  const names = new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata?.name}`));
  const namespaces = objects.filter(({ kind }) => kind === "Namespace");
  return [
    ...objects.filter(({ apiVersion, kind }) => !apiVersion || !kind).map(() => "without a kind"),
    ...objects
      .filter(({ metadata }) => !DNS_NAME.test(metadata?.name ?? ""))
      .map(({ kind }) => `${kind} without a valid name`),
    ...keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key} twice`),
    ...objects.flatMap(({ metadata }) => {
      const { namespace } = metadata ?? {};
      const made =
        // Every cluster has it.
        namespace === "kube-system" ||
        namespaces.some((other) => other.metadata.name === namespace);
      return namespace === undefined || made ? [] : [`no namespace ${namespace}`];
    }),
    ...references(objects).filter((reference) => !names.has(reference)),
  ];
}

/** Objects that others name. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, item]) => {
    if (key === "claimName") return [`PersistentVolumeClaim ${String(item)}`];
    if (key === "secretKeyRef") return [`Secret ${(item as { name: string }).name}`];
    if (key === "service") return [`Service ${(item as { name: string }).name}`];
    if (key === "scaleTargetRef") return [`Deployment ${(item as { name: string }).name}`];
    return references(item);
  });
}

describe("npm run preview", function () {
  this.timeout(120_000);
  const scratch = new Scratch();
  after(() => scratch.remove());

  function refused({ code, stdout, stderr }: Ended): string {
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.doesNotMatch(stderr, /\n\s+at /, "a stack trace");
    return stderr;
  }

  const of = (stack: string) => ["--stack", stack, "--config-file", stackFixture(stack)];

  for (const stack of STACKS) {
    describe(`--stack ${stack}`, () => {
      const [json, folder] = [scratch.path(`${stack}.json`), scratch.path(stack)];
      const svg = scratch.path(`${stack}.svg`);
      let ended: Ended;
      let plan: Plan;
      before(async () => {
        ended = await preview([
          ...of(stack),
          ...["--json", json, "--svg", svg, "--manifests", folder],
        ]);
        assert.equal(ended.code, 0);
        plan = JSON.parse(readFileSync(json, "utf8")) as Plan;
      });

      it("tells what it has written, beside the plan", () => {
        const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
        const commands = plan.warnings.some((warning) => warning.includes("pulumi config"));
        const hint = commands
          ? `Their commands change Pulumi.${stack}.yaml: add --config-file ${stackFixture(stack)} to them.\n`
          : "";
        assert.equal(
          ended.stderr,
          `${files.length} Kubernetes objects are in ${folder}.\nThe picture is in ${svg}.\nThe plan as JSON is in ${json}.\n${hint}`,
        );
      });

      it("draws the stack that it shows", () => {
        const [title] = /<title[^>]*>[^<]*/.exec(readFileSync(svg, "utf8")) ?? [];
        assert.equal(title, `<title id="np-words">${stack}: ${String(plan.outputs.url)}`);
      });

      it("shows the class of the Ingress", () => {
        const ingress = plan.resources.find(({ type }) => type.endsWith(":Ingress"));
        const { ingressClassName } = ingress?.inputs.spec as Record<string, unknown>;
        assert.equal(ingressClassName, "nginx");
      });

      it("prints a plan of 100 columns without colour into a pipe", () => {
        assert.match(ended.stdout, new RegExp(`^Plan of stack ${stack}\n`));
        assert.deepEqual(tooWide(ended.stdout, 100), []);
        assert.ok(!ended.stdout.includes("\x1b"));
        assert.ok(tooWide(ended.stdout, 40).length > 0, "the check can fail");
      });

      if (stack === "prod") {
        it("writes the same bytes again", async () => {
          const again = await preview([...of(stack), "--json", "-"]);
          assert.equal(again.code, 0);
          assert.equal(again.stdout, readFileSync(json, "utf8"));
        });
      }

      it("shows every resource, every output and every warning", () => {
        for (const { name } of plan.resources) assert.ok(ended.stdout.includes(name), name);
        for (const output of Object.keys(plan.outputs)) assert.ok(ended.stdout.includes(output));
        const words = ended.stdout.replace(/\s+/g, " ");
        for (const warning of plan.warnings) {
          const start = warning.split("'")[0] ?? warning;
          assert.ok(words.includes(start.replace(/\s+/g, " ")), warning);
        }
      });

      it("has chosen facts for every type", () => {
        const types = plan.resources.map(({ type }) => type).filter((type) => !isComponent(type));
        assert.deepEqual(
          types.filter((type) => !hasFacts(type)),
          [],
        );
      });

      it("marks what is protected", () => {
        const marked = plan.resources.filter(({ protect }) => protect).length;
        assert.equal((ended.stdout.match(/ {2}protected\b/g) ?? []).length, marked);
        assert.equal(marked > 0, stack === "prod");
      });

      it("names parents and dependencies that are there", () => {
        const urns = new Set(plan.resources.map(({ urn }) => urn));
        assert.equal(urns.size, plan.resources.length);
        for (const { parent, dependsOn } of plan.resources) {
          if (parent !== null) assert.ok(urns.has(parent), parent);
          for (const urn of dependsOn) assert.ok(urns.has(urn), urn);
        }
      });

      it("masks the password of Redis and the kubeconfig", () => {
        const redis = plan.resources.find(({ name }) => name === "web-redis");
        assert.equal(redis?.inputs.stringData, "[secret]");
        assert.equal(plan.outputs.kubeconfig, stack === "local" ? undefined : "[secret]");
      });

      it("writes whole and consistent manifests of every Kubernetes object", () => {
        const objects = objectsIn(folder);
        assert.deepEqual(flaws(objects), []);
        const planned = plan.resources.filter(
          ({ type, read }) => /^kubernetes:(?!helm)/.test(type) && !read,
        );
        assert.equal(objects.length, planned.length);
        assert.equal(objects[0]?.kind, "Namespace");
        assert.match(readFileSync(join(folder, "README.md"), "utf8"), /^- ingress: oci:/m);
      });
    });
  }

  it("never shows what the config keeps secret, encrypted or not", async () => {
    const file = scratch.write(
      "secrets.yaml",
      `encryptionsalt: v1:SALT
config:
  next-on-eks:platform: existing
  next-on-eks:files: { storageClass: nfs }
  next-on-eks:redis: { url: { secure: v1:CIPHERTEXT }, sessionUrl: "rediss://:HUNTER2@host:6379" }
  next-on-eks:app:
    image: web:visible
    host: shop.example.com
    secretEnv: { ONE: { secure: v1:CIPHERTEXT }, TWO: HUNTER2 }
`,
    );
    const [json, folder] = [scratch.path("secrets.json"), scratch.path("secrets")];
    const args = ["--config-file", file, "--json", json, "--manifests", folder];
    const { code, stdout, stderr } = await preview(args);
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /HUNTER2|CIPHERTEXT|SALT/);
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    for (const text of [stdout, readFileSync(json, "utf8"), files.join("\n")]) {
      assert.doesNotMatch(text, /HUNTER2|CIPHERTEXT|SALT/);
      assert.ok(text.includes("web:visible"), "the check looks at the plan");
    }
    assert.deepEqual(flaws(objectsIn(folder)), []);
  });

  it("tells all that is wrong with a config, and nothing else", async () => {
    const file = scratch.write(
      "wrong.yaml",
      `config:
  next-on-eks:platform: aws
  next-on-eks:app: { host: Not_a_host, build: { context: example }, rolout: {} }
`,
    );
    const told = refused(await preview(["--config-file", file], { AWS_REGION: "" }));
    assert.match(told, /^The config of stack 'dev' has \d problems:\n/);
    assert.match(told, /next-on-eks:app\.host: 'Not_a_host' is refused/);
    assert.match(told, /next-on-eks:app\.rolout: there is no such key/);
  });

  it("wraps what is wrong as it does the plan, and leaves commands whole", async () => {
    const file = scratch.write(
      "long.yaml",
      `config:
  next-on-eks:platform: existing
  next-on-eks:production: true
  next-on-eks:cluster: { context: kind }
  next-on-eks:files: { storageClass: nfs }
  next-on-eks:ingress: { tls: { secretName: shop-tls } }
  next-on-eks:redis: { url: "rediss://host:6379", sessionUrl: { secure: v1:AAA } }
  next-on-eks:app: { image: "registry.example.com/a-long-name-of-a-team/shop:v1", host: shop.test }
`,
    );
    const told = refused(await preview(["--config-file", file]));
    const prose = told.split("\n").filter((line) => !line.trim().startsWith("pulumi "));
    assert.deepEqual(tooWide(prose.join("\n"), 100), []);
    assert.match(told, /redis\.url: is an unencrypted secret/);
    assert.match(
      told,
      /^ {4}pulumi config set --stack dev --path 'next-on-eks:redis\.url' --secret rediss:\/\/:PASSWORD@redis\.internal:6379$/m,
    );
    assert.doesNotMatch(told, /sessionUrl/);
  });

  it("says in one line that npm ci is missing", () => {
    const clone = join(scratch.folder, "clone");
    mkdirSync(clone);
    copyFileSync(join(ROOT, "scripts", "typescript.cjs"), join(clone, "typescript.cjs"));
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--require", "./typescript.cjs", "main.ts"],
      { cwd: clone, encoding: "utf8" },
    );
    assert.equal(status, 1);
    assert.equal(stderr, "The dependencies are not installed: run npm ci first.\n");
  });

  it("tells what AWS would lack, once, as all that is wrong with a config", async () => {
    const file = scratch.write(
      "zones.yaml",
      readFileSync(stackFixture("dev"), "utf8").replace(
        "cidr: 10.20.0.0/16",
        "cidr: 10.20.0.0/16, zones: [eu-west-1a, eu-west-1b, eu-west-1z]",
      ),
    );
    const told = refused(await preview(["--config-file", file]));
    assert.match(
      told,
      /^The config of stack 'dev' has 1 problem:\n {2}next-on-eks:network\.zones: the region has no zone 'eu-west-1z'; [^]*\n {4}pulumi config set --stack dev --path 'next-on-eks:network\.zones\[2\]' eu-west-1c\nTheir commands change/,
    );
  });

  it("answers wrong arguments in one line", async () => {
    mkdirSync(scratch.path("foreign"));
    scratch.write("foreign/mine.txt", "");
    const cases: [string[], RegExp][] = [
      [["--stack", "nope"], /^Pulumi\.nope\.yaml can't be read; stacks with a config here: \w/],
      [["--stack"], /^Option .*--stack.* argument missing; /],
      [["--bogus"], /^Unknown option '--bogus'; npm run preview -- --help/],
      [
        ["dev"],
        /^Unexpected argument 'dev'; npm hands on only options behind --; npm run preview /,
      ],
      [["--config-file", scratch.path("none.yaml")], /^none\.yaml can't be read/],
      [["--svg", "-"], /^--svg: '-' is refused: expected a file/],
      [["--svg", scratch.path("none/a.svg")], /^--svg: there is no folder '.*none' for /],
      [
        ["--json", "a", "--json", "b"],
        /^Option '--json' is given twice; npm run preview -- --help/,
      ],
      [["--manifests", scratch.path("foreign")], /^--manifests: .* holds 'mine\.txt'/],
    ];
    await Promise.all(
      cases.map(async ([args, expected]) => {
        const told = refused(await preview(args));
        assert.match(told, expected);
        assert.match(told, /^[^\n]+\n$/);
      }),
    );
    assert.deepEqual(readdirSync(scratch.path("foreign")), ["mine.txt"]);
  });

  it("explains itself", async () => {
    const { code, stdout } = await preview(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /Usage: npm run preview -- /);
    for (const flag of [
      "--stack",
      "--config-file",
      "--json",
      "--svg",
      "--manifests",
      "--against",
      "--markdown",
      "--fail-on",
    ]) {
      assert.ok(stdout.includes(`  ${flag} `), flag);
    }
    assert.deepEqual(tooWide(stdout, 100), []);
  });
});

describe("the check of manifests", () => {
  const good = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" } };

  it("finds what an API server would refuse", () => {
    assert.deepEqual(flaws([good]), []);
    assert.deepEqual(flaws([good, good]), ["Secret /a twice"]);
    assert.deepEqual(flaws([{ ...good, metadata: { name: "[secret]" } }]), [
      "Secret without a valid name",
    ]);
    assert.deepEqual(flaws([{ ...good, kind: "" }]), ["without a kind"]);
    assert.deepEqual(flaws([{ ...good, metadata: { name: "a", namespace: "n" } }]), [
      "no namespace n",
    ]);
    const pod = { ...good, kind: "Pod", spec: { volumes: [{ claimName: "lost" }] } };
    assert.deepEqual(flaws([pod]), ["PersistentVolumeClaim lost"]);
  });
});
