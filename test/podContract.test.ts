import * as assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POD_FOLDERS, scriptsIn } from "../components/podScripts";
import * as contract from "../runtime/src/contract/pod-contract.cjs";
import { ROOT } from "./helpers/configs";
import { runProd, runStack } from "./helpers/programs";

/** Variables of Node.js, Next.js and the system, which the pod contract does not name. */
const OTHERS = new Set([
  "NEXT_DEPLOYMENT_ID",
  "NEXT_PHASE",
  "NEXT_RUNTIME",
  "NEXT_SHARP_PATH",
  "NODE_CHANNEL_FD",
  "TURBOPACK",
  "UV_THREADPOOL_SIZE",
  "__NEXT_PRIVATE_STANDALONE_CONFIG",
]);

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}
interface PodSpec {
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
}

const text = (path: string) => readFileSync(join(ROOT, path), "utf8");
const names = Object.keys(contract.VARIABLES).sort();
const setBy = (...by: readonly string[]) =>
  Object.entries(contract.VARIABLES)
    .filter(([, who]) => by.includes(who))
    .map(([name]) => name)
    .sort();

/** The files below a folder, by path from the root. */
function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .filter((path) => !path.includes("node_modules"));
}

/** The names of variables that a script or module reads. */
function variablesIn(content: string): string[] {
  return [
    ...content.matchAll(/\benv(?:\.|\[")([A-Z][A-Z0-9_]+|__NEXT[A-Z_]+)/g),
    ...content.matchAll(/"((?:AGENT|NEXT_SHARED_CACHE)_[A-Z_]+)"/g),
    ...content.matchAll(/\bconst \{ ([^}]*) \} = (?:process\.)?env\b/g),
  ].flatMap(([, found = ""]) => found.match(/[A-Z_][A-Z0-9_]+/g) ?? []);
}

const isUnknown = (name: string) => !(name in contract.VARIABLES) && !OTHERS.has(name);

describe("the pod contract", () => {
  const code = [...filesBelow("pod", /\.[cm]js$/), ...filesBelow("runtime/src", /\.(ts|cjs)$/)].map(
    (path) => ({ path, content: text(path) }),
  );

  it("has every variable that pod/ and runtime/ read", () => {
    const read = code.flatMap(({ content }) => variablesIn(content));
    assert.ok(new Set(read).size > 35, `${new Set(read).size} variables are read`);
    assert.deepEqual([...new Set(read)].filter(isUnknown), []);
  });

  it("would miss one, however it is read (control)", () => {
    const lines = [
      "process.env.MADE_UP",
      'env["MADE_UP"]',
      "const { MADE_UP } = process.env;",
      'number("AGENT_MADE_UP")',
    ];
    for (const line of lines) assert.equal(variablesIn(line).filter(isUnknown).length, 1, line);
  });

  it("has no variable that nobody reads", () => {
    const all = [
      ...code.filter(({ path }) => !path.endsWith("pod-contract.cjs")),
      ...filesBelow("example", /\.(ts|tsx)$/).map((path) => ({ path, content: text(path) })),
    ];
    // Next.js and Node.js read these themselves.
    const elsewhere = ["HOSTNAME", "KEEP_ALIVE_TIMEOUT"];
    const unread = names.filter(
      (name) => !all.some(({ content }) => new RegExp(`\\b${name}\\b`).test(content)),
    );
    assert.deepEqual(unread, elsewhere);
  });

  for (const [stack, run] of [
    ["prod", runProd],
    ["local", () => runStack("local")],
  ] as const) {
    it(`is what a rendered pod of ${stack} keeps to`, async () => {
      const deployment = (await run()).inputs("Deployment", "web") as {
        spec: { template: { spec: PodSpec } };
      };
      const { initContainers, containers } = deployment.spec.template.spec;
      const folders: string[] = Object.values(contract.FOLDERS);
      for (const { name, env, volumeMounts } of [...initContainers, ...containers]) {
        for (const variable of env ?? []) {
          // What a stack's config adds is the app's own.
          if (variable.name === "SESSION_SECRET") continue;
          assert.ok(variable.name in contract.VARIABLES, `${variable.name} in ${name}`);
        }
        for (const { mountPath } of volumeMounts) {
          assert.ok(
            [...folders, "/tmp", "/app/.next/cache"].includes(mountPath),
            `${mountPath} in ${name}`,
          );
        }
      }
      const server = containers[0]?.env?.map(({ name }) => name) ?? [];
      const missing = setBy("stack", "default").filter((name) => !server.includes(name));
      // In the place of Redis.
      assert.deepEqual(missing, ["NEXT_SHARED_CACHE_STORE"]);
      assert.deepEqual(
        server.filter((name) => setBy("user", "agent", "build").includes(name)),
        [],
      );
    });
  }

  it("names scripts that the ConfigMap has", () => {
    const scripts = scriptsIn(POD_FOLDERS);
    for (const name of [...Object.values(contract.SCRIPTS), "pod-contract.cjs"]) {
      assert.ok(name in scripts, name);
    }
  });

  it("is spelled alike where no script can be loaded: in the init container", () => {
    const init = text("pod/publisher/init.cjs");
    const spelled = [...init.matchAll(/join\(\w+, "([^"]+)"\)/g)].map(([, name]) => name);
    assert.deepEqual(spelled, [
      contract.RUN_FILES.nodeOptions,
      contract.SCRIPTS.publish,
      contract.RUN_FILES.notPublished,
    ]);
  });

  it("is what nginx of the static files looks for on the claim", () => {
    const conf = text("pod/static-assets.conf");
    assert.ok(conf.includes(`"~${contract.FOLDER_NAME.source}" $arg_dpl`), "names of releases");
    assert.match(conf, new RegExp(`/${contract.CLAIM.releases}/\\$release/static`));
    assert.match(conf, new RegExp(`/${contract.CLAIM.union}\\b`));
  });

  describe("in the docs", () => {
    const docs = [
      "README.md",
      "runtime/README.md",
      "example/README.md",
      "pod/README.md",
      "pod/publisher/README.md",
      ...filesBelow("docs", /\.md$/).filter((path) => !path.startsWith("docs/decisions/")),
    ].map((path) => ({ path, content: text(path) }));

    it("has every variable that they name", () => {
      for (const { path, content } of docs) {
        for (const [name] of content.matchAll(/\b(AGENT|NEXT_SHARED_CACHE)_[A-Z_]*[A-Z]\b/g)) {
          // Of the suite itself: which versions it runs.
          if (["AGENT_NEXT", "AGENT_NODE"].includes(name)) continue;
          assert.ok(name in contract.VARIABLES, `${name} in ${path}`);
        }
      }
    });

    it("has none that they leave out, but those of tests, between processes and of Node.js", () => {
      const unnamed = names.filter((name) => !docs.some(({ content }) => content.includes(name)));
      assert.deepEqual(
        unnamed,
        ["AGENT_LAST_MESSAGE", "AGENT_RUNNER", "NODE_ENV", "PRUNE_SETTLE_MS"],
        `no document names all of these variables of the contract: ${unnamed.join(", ")}`,
      );
    });

    it("has the folders, the probes and the ports that they name", () => {
      const named = docs.map(({ content }) => content).join("\n");
      for (const word of [
        ...Object.values(contract.FOLDERS),
        ...Object.values(contract.AGENT_PATHS),
        ...Object.values(contract.PORTS),
        contract.HEARTBEATS,
        contract.CLAIM.pages,
        contract.RUNTIME_METRICS,
      ]) {
        assert.ok(named.includes(String(word)), `${word} in the docs`);
      }
      const layout = text("pod/README.md");
      for (const folder of Object.values(contract.CLAIM)) {
        assert.match(layout, new RegExp(`^${folder}/`, "m"), folder);
      }
    });
  });

  describe("which release a build is", () => {
    const dist = mkdtempSync(join(tmpdir(), "pod-contract-"));
    after(() => rmSync(dist, { recursive: true }));
    const runtimeId = { experimental: { runtimeServerDeploymentId: true }, deploymentId: "" };
    const cases: [
      string,
      { config?: object; routes?: object; buildId?: string; env?: contract.Env },
      string | undefined,
    ][] = [
      [
        "the deployment id of every version",
        { config: { deploymentId: "v1" }, buildId: "b" },
        "v1",
      ],
      ["the build id where there is none", { config: {}, buildId: "b\n" }, "b"],
      [
        "the build id whatever the pod's environment says: Next.js does not read it",
        { config: {}, buildId: "b", env: { NEXT_DEPLOYMENT_ID: "pod" } },
        "b",
      ],
      [
        "the pod's where the server is to take it from there (16.1)",
        { config: runtimeId, buildId: "b", env: { NEXT_DEPLOYMENT_ID: "pod" } },
        "pod",
      ],
      [
        "the build's where routes-manifest.json names it (16.2 and later), also then",
        {
          config: runtimeId,
          routes: { deploymentId: "v1" },
          buildId: "build-TfctsWXpff2fKS",
          env: { NEXT_DEPLOYMENT_ID: "pod" },
        },
        "v1",
      ],
      ["a deployment id without BUILD_ID", { config: { deploymentId: "v1" } }, "v1"],
      ["none where there is no build", {}, undefined],
    ];
    for (const [name, { config, routes, buildId, env = {} }, id] of cases) {
      it(name, () => {
        const write = (file: string, content: string | undefined) =>
          content === undefined
            ? rmSync(join(dist, file), { force: true })
            : writeFileSync(join(dist, file), content);
        write("required-server-files.json", config && JSON.stringify({ config }));
        write("routes-manifest.json", routes && JSON.stringify(routes));
        write("BUILD_ID", buildId);
        assert.equal(contract.readBuild(dist, env).id, id);
      });
    }
  });
});
