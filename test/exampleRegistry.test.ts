import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DOCKERFILE, lastRun } from "./helpers/dockerfile";

const TOKEN = "token-of-the-registry";

/** A registry with one package, which it shows to those with the token. */
async function privateRegistry(folder: string): Promise<Server> {
  mkdirSync(join(folder, "package"), { recursive: true });
  const manifest = { name: "@shop/ui", version: "1.0.0" };
  writeFileSync(join(folder, "package/package.json"), JSON.stringify(manifest));
  const file = join(folder, "ui.tgz");
  execFileSync("tar", ["-czf", file, "-C", folder, "package"]);
  const archive = readFileSync(file);
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.writeHead(401).end("{}");
    } else if (request.url?.endsWith(".tgz")) {
      response.end(archive);
    } else {
      const tarball = `http://${request.headers.host}/@shop/ui/-/ui-1.0.0.tgz`;
      const versions = { "1.0.0": { ...manifest, dist: { tarball, integrity } } };
      const found = { name: manifest.name, "dist-tags": { latest: "1.0.0" }, versions };
      response.setHeader("content-type", "application/json").end(JSON.stringify(found));
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

describe("the example's Dockerfile: packages of a private registry (npm is real, the builder is not)", function () {
  this.timeout(30_000);
  let folder = "";
  let server: Server;
  let address = "";

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "registry-"));
    server = await privateRegistry(join(folder, "registry"));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs what the stage runs for npm; gives the app's folder. */
  async function install(
    name: string,
    files: { readonly own: string; readonly secrets: Readonly<Record<string, string>> },
  ): Promise<string> {
    const [app, home, secrets] = ["app", "home", "secrets"].map((part) => join(folder, name, part));
    assert.ok(app && home && secrets);
    for (const path of [app, home, secrets]) mkdirSync(path, { recursive: true });
    const dependencies = { "@shop/ui": "1.0.0" };
    const packages = {
      "": { dependencies },
      "node_modules/@shop/ui": {
        version: "1.0.0",
        resolved: `http://${address}/@shop/ui/-/ui-1.0.0.tgz`,
      },
    };
    writeFileSync(join(app, "package.json"), JSON.stringify({ dependencies }));
    const lock = { lockfileVersion: 3, requires: true, packages };
    writeFileSync(join(app, "package-lock.json"), JSON.stringify(lock));
    writeFileSync(join(app, ".npmrc"), `@shop:registry=http://${address}/\n${files.own}`);
    const { mounts, script } = lastRun("deps-npm");
    for (const [id, text] of Object.entries(files.secrets)) {
      const mount = mounts.find((one) => one.split(",").includes(`id=${id}`));
      assert.ok(mount, `${id} is not mounted`);
      const target = /target=([^,]+)/.exec(mount)?.[1] ?? `/run/secrets/${id}`;
      writeFileSync(
        target.replace(/^\/root\//, `${home}/`).replace(/^\/run\/secrets\//, `${secrets}/`),
        text,
      );
    }
    await promisify(execFile)("sh", ["-c", script.replaceAll("/run/secrets", secrets)], {
      cwd: app,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        npm_config_cache: join(folder, name, "cache"),
        npm_config_fetch_retries: "0",
      },
    });
    return app;
  }

  const isInstalled = (app: string): boolean =>
    existsSync(join(app, "node_modules/@shop/ui/package.json"));

  it("takes the token from the secret npmrc", async () => {
    const npmrc = `//${address}/:_authToken=${TOKEN}`;
    const app = await install("npmrc", { own: "", secrets: { npmrc } });
    assert.ok(isInstalled(app));
  });

  it("takes from the secret install_env what the app's own .npmrc names", async () => {
    const app = await install("variables", {
      own: `//${address}/:_authToken=\${NPM_TOKEN}\n`,
      secrets: { install_env: `NPM_TOKEN='${TOKEN}'` },
    });
    assert.ok(isInstalled(app));
  });

  it("control: without a secret the registry refuses, and so does the build", async () => {
    await assert.rejects(install("none", { own: "", secrets: {} }), /E401/);
  });

  it("mounts both secrets where packages are installed, npmrc in each step that asks the registry", () => {
    for (const stage of ["deps-npm", "deps-pnpm", "deps-yarn", "deps-bun"]) {
      const { mounts, script } = lastRun(stage);
      assert.deepEqual(
        mounts,
        ["type=secret,id=npmrc,target=/root/.npmrc", "type=secret,id=install_env"],
        stage,
      );
      assert.match(script, /^if \[ -s (\S+) \]; then set -a; \. \1; set \+a; fi;/, stage);
    }
    const steps = DOCKERFILE.split(/^(?=[A-Z]+ )/m).filter((step) =>
      /\b(npm (ci|install)|(pnpm|yarn|bun) install)\b/.test(step),
    );
    assert.equal(steps.length, 7);
    for (const step of steps)
      assert.match(step, /^RUN --mount=type=secret,id=npmrc,target=\/root\/\.npmrc /);
  });
});
