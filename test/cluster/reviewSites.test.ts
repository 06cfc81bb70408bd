import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { command, get, kubectl, until, type Result } from "./commands";
import { HOST, missing, NAMESPACE, settings } from "./settings";
import { request } from "./site";
import { copyProject, PROGRAM_PARTS } from "../helpers/copies";
import { load, type SitesToRemove } from "../scripts/github/load";
import { TestStack } from "./stack";

/** Numbers that no pull request has. */
const [ONE, TWO, THREE] = ["pr-990001", "pr-990002", "pr-990003"] as const;
const [FOUR, FIVE] = ["pr-990004", "pr-990005"] as const;
const hostOf = (site: string) => `${site}.${HOST}`;

/*
 * The sites of two pull requests beside the stack whose cluster they are on: the real pulumi and kubectl by `npm run stack`, real
 * pods, one controller. What it cannot show: that a network policy keeps the sites apart (the cluster of CI enforces none).
 */
describe("npm run stack", () => {
  /** A copy of the project, as the files of the sites' stacks come and go beside the others. */
  let project = "";
  let base: TestStack | undefined;
  let address = "";
  /** A site that cannot start, which takes its time to fail beside other tests. */
  let broken: Promise<Result> | undefined;

  before(async () => {
    const lacking = missing();
    if (lacking.length > 0) throw new Error(`test:cluster cannot run:\n  ${lacking.join("\n  ")}`);
    project = mkdtempSync(join(tmpdir(), "next-on-eks-sites-"));
    copyProject([...PROGRAM_PARTS, "Pulumi.local.yaml"], project);
    base = await TestStack.create("local", project);
    // One pod and no claims, as small as it can be: it is here for its controller.
    base.configure({
      files: { ephemeral: true, required: false },
      assets: undefined,
      "app.replicas": { min: 1, max: 1 },
      "app.secretEnv.API_KEY": "the-api-key-of-dev",
    });
    const { code, text } = await base.up();
    assert.equal(code, 0, text);
    address = (await base.outputs()).loadBalancer ?? "";
    await answers(HOST);
  });

  after(async () => {
    if (base === undefined) return rmSync(project, { recursive: true, force: true });
    await broken?.catch(() => undefined);
    for (const site of [ONE, TWO, THREE, FOUR, FIVE]) {
      await command("kubectl", ["delete", "namespace", site, "--ignore-not-found"]);
    }
    const { code, text } = await base.destroy();
    rmSync(project, { recursive: true, force: true });
    assert.equal(code, 0, text);
    base.removeFolder();
  });

  it("makes two sites at once, which answer on their own hosts beside dev", async () => {
    const made = await Promise.all([make(ONE), make(TWO)]);
    for (const { code, text } of made) assert.equal(code, 0, text);
    console.log(`      made in ${made.map(({ seconds }) => seconds.toFixed(0)).join(" and ")} s`);
    assert.match(made[0].text, new RegExp(`^${ONE} is made: http://${hostOf(ONE)}$`, "m"));
    for (const host of [hostOf(ONE), hostOf(TWO), HOST]) await answers(host);
    const nobody = await request(address, "/", { headers: { host: hostOf(THREE) } });
    assert.equal(nobody.status, 404, "a host that no site has (control)");
  });

  it("lets one of two in that want the last place at once, and leaves nothing of the other", async () => {
    const sites = [FOUR, FIVE] as const;
    const ended = await Promise.all(sites.map((site) => make(site, "--max", "3")));
    assert.deepEqual(
      ended.map(({ code }) => code).sort(),
      [0, 1],
      ended.map(({ text }) => text).join(),
    );
    const won = ended[0]?.code === 0 ? FOUR : FIVE;
    const lost = won === FOUR ? FIVE : FOUR;
    const { text } = ended[sites.indexOf(lost)] ?? { text: "" };
    assert.match(text, new RegExp(`there are 3 review sites already, and --max is 3: .*${won}`));
    assert.deepEqual(await traces(lost), []);
    const { code } = await stack("remove", won);
    assert.equal(code, 0);
  });

  it("gives each a Redis and secrets of its own", async () => {
    const secrets = await Promise.all([ONE, TWO, NAMESPACE].map(secretsIn));
    const all = secrets.flat();
    assert.equal(secrets[0]?.length, secrets[1]?.length);
    assert.ok(all.length >= 9, String(all.length));
    assert.equal(new Set(all).size, all.length, "two of them share a secret");
    const cookie = await visitor(ONE);
    assert.equal(await visits(ONE, cookie), 2, "a session goes on where it began (control)");
    assert.equal(await visits(TWO, cookie), 1, "a session of one site is none of the other");
  });

  it("holds each to its limits", async () => {
    const [quota] = await get("resourcequotas", "-n", ONE);
    const { hard, used } = quota?.status as unknown as Record<
      "hard" | "used",
      Record<string, string>
    >;
    assert.deepEqual([hard.pods, used.pods], ["3", "2"]);
    const refused = await command("kubectl", [
      ...["scale", "deployment", "--all", "--replicas=3", "-n", ONE, "-l"],
      "app.kubernetes.io/name=web",
    ]);
    assert.equal(refused.code, 0, refused.text);
    await until("the quota refuses a pod", 30, async () =>
      /exceeded quota/.test(
        await kubectl("get", "events", "-n", ONE, "--output=jsonpath={..message}"),
      ),
    );
    await kubectl("scale", "deployment", "--all", "--replicas=1", "-n", ONE);
    const claim = await command("kubectl", ["create", "--filename=-", "-n", ONE], { input: CLAIM });
    assert.notEqual(claim.code, 0);
    assert.match(claim.text, /exceeded quota: .*persistentvolumeclaims=1/);
    const pods = (await get("pods", "-n", ONE)) as unknown as Pod[];
    const unlimited = pods
      .flatMap(({ spec }) => [...spec.containers, ...(spec.initContainers ?? [])])
      .filter(({ resources }) => !resources.limits?.cpu || !resources.limits.memory);
    assert.deepEqual(unlimited, []);
  });

  it("brings a site up to date from elsewhere, where no file has its secrets, and keeps them", async () => {
    broken = make(THREE, "--config-file", impatient(), "--image", settings.brokenImage("crash"));
    const cookie = await visitor(ONE);
    const before = await secretsIn(ONE);
    rmSync(join(project, `Pulumi.${ONE}.yaml`));
    const { code, text } = await make(ONE, "--image", settings.nextImage);
    assert.equal(code, 0, text);
    assert.match(text, new RegExp(`^${ONE} is up to date: `, "m"));
    assert.deepEqual(await secretsIn(ONE), before);
    const { body } = await request(address, "/api/health", { headers: { host: hostOf(ONE) } });
    assert.ok(body.includes(settings.nextRelease), body);
    assert.equal(await visits(ONE, cookie), 2);
  });

  it("refuses one more than there may be, and leaves nothing of it", async () => {
    const { code, text } = await make(FOUR, "--max", "2");
    assert.equal(code, 1, text);
    assert.match(text, /there are \d review sites already, and --max is 2: pr-990001, pr-990002/);
    assert.deepEqual(await traces(FOUR), []);
  });

  it("removes one without a trace, while the other and dev answer on", async () => {
    let [sent, failed, over] = [0, 0, false];
    const beside = Promise.all(
      [hostOf(TWO), HOST].map(async (host) => {
        while (!over) {
          sent += 1;
          const answer = await request(address, "/", { headers: { host } }).catch(() => undefined);
          if (answer?.status !== 200) failed += 1;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }),
    );
    assert.notDeepEqual(await traces(ONE), [], "there is something to remove (control)");
    assert.deepEqual(await closed([TWO, THREE]), [ONE]);
    // As on a machine that did not make it.
    rmSync(join(project, `Pulumi.${ONE}.yaml`));
    const { code, text, seconds } = await stack("remove", ONE);
    over = true;
    await beside;
    assert.equal(code, 0, text);
    assert.deepEqual(await traces(ONE), []);
    console.log(
      `      removed in ${seconds.toFixed(0)} s; ${sent} requests beside it, ${failed} failed`,
    );
    assert.equal(failed, 0);
    assert.ok(sent > 20, String(sent));
    const gone = await request(address, "/", { headers: { host: hostOf(ONE) } });
    assert.equal(gone.status, 404);
  });

  it("leaves nothing of a site that cannot start", async () => {
    assert.ok(broken);
    const { code, text } = await broken;
    assert.equal(code, 1, text);
    assert.match(text, /pulumi up of pr-990003 failed/);
    assert.match(text, /What it had made is removed again/);
    assert.deepEqual(await traces(THREE), []);
  });

  it("fails loudly where the state is lost and the site is not", async () => {
    assert.ok(base);
    await base.forget(TWO);
    const { code, text } = await stack("remove", TWO);
    assert.equal(code, 1, text);
    assert.match(text, /^nothing is removed: Pulumi's state has nothing of pr-990002/m);
    assert.match(text, /kubectl .*delete namespace pr-990002/);
    const list = await stack("list");
    assert.match(list.text, /^pr-990002 +in the cluster, without a stack/m);
    await kubectl("delete", "namespace", TWO, "--wait=false");
    assert.match((await stack("list")).text, /^pr-990002 +its namespace is going$/m);
    await kubectl("delete", "pods", "--all", "-n", TWO, "--grace-period=0", "--force");
    await kubectl("wait", "--for=delete", `namespace/${TWO}`, "--timeout=60s");
    assert.match((await stack("list")).text, /^There are no review sites\.$/m);
    assert.match((await stack("remove", TWO)).text, /there is nothing to remove/);
  });

  /** The sites that have to go by what `list` says, if these pull requests alone are open. */
  async function closed(open: readonly string[]): Promise<string[]> {
    const file = join(base?.folder ?? "", "sites.json");
    const { code, text } = await stack("list", "--json", file);
    assert.equal(code, 0, text);
    const { sitesIn, toRemove } = await load<SitesToRemove>("sitesToRemove.mjs");
    const pulls = open.map((site) => ({
      ...{ number: Number(site.slice(3)), labels: ["preview"], open: true, fork: false },
      ...{ commit: "", branch: "", author: "" },
    }));
    const there = sitesIn(readFileSync(file, "utf8"));
    assert.ok(there.sites.filter(({ until }) => (until ?? 0) > there.now).length >= 2);
    return toRemove(there, pulls, 10).map(({ number }) => `pr-${number}`);
  }

  function stack(...args: string[]): Promise<Result> {
    assert.ok(base);
    return base.sites(...args);
  }

  async function make(site: string, ...args: string[]): Promise<Result> {
    const context = (await kubectl("config", "current-context")).trim();
    const from = ["--from", "local", "--config-file", base?.configFile ?? ""];
    return stack("new", site, ...from, "--context", context, ...args);
  }

  function answers(host: string): Promise<void> {
    return until(`${host} answers`, 30, async () => {
      const answer = await request(address, "/", { headers: { host } }).catch(() => undefined);
      return answer?.status === 200;
    });
  }

  /** The other stack's config, with little time for pods to get ready. */
  function impatient(): string {
    const { configFile = "", folder = "" } = base ?? {};
    const file = parse(readFileSync(configFile, "utf8")) as { config: Record<string, object> };
    const timeouts = { ...file.config["next-on-eks:timeouts"], app: 12 };
    const config = { ...file.config, "next-on-eks:timeouts": timeouts };
    const path = join(folder, "impatient.yaml");
    writeFileSync(path, stringify({ ...file, config }));
    return path;
  }

  /** A first visit; the cookie that it gets. */
  async function visitor(site: string): Promise<string> {
    const { headers } = await request(address, "/api/session", { headers: { host: hostOf(site) } });
    return (headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
  }

  async function visits(site: string, cookie: string): Promise<number> {
    const headers = { host: hostOf(site), cookie };
    const { body } = await request(address, "/api/session", { headers });
    return (JSON.parse(body) as { count: number }).count;
  }

  /** What is there of a site: a file, a stack, a namespace, volumes. */
  async function traces(site: string): Promise<string[]> {
    const stacks = JSON.parse((await base?.stack("ls", "--json")) ?? "") as { name: string }[];
    const volumes = (await get("persistentvolumes")) as unknown as Volume[];
    const namespaces = await get("namespaces");
    return [
      ...(existsSync(join(project, `Pulumi.${site}.yaml`)) ? ["its file"] : []),
      ...stacks.filter(({ name }) => name === site).map(({ name }) => `stack ${name}`),
      ...namespaces
        .filter(({ metadata }) => metadata.name === site)
        .map(({ metadata }) => `namespace ${metadata.name}`),
      ...volumes
        .filter(({ spec }) => spec.claimRef?.namespace === site)
        .map(({ metadata }) => `volume ${metadata.name}`),
    ];
  }
});

interface Pod {
  readonly spec: Record<"containers" | "initContainers", readonly Container[]>;
}
interface Container {
  readonly resources: { readonly limits?: { readonly cpu?: string; readonly memory?: string } };
}
interface Volume {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly claimRef?: { readonly namespace?: string } };
}

const CLAIM = JSON.stringify({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "more" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
});

/** Every value of the Secrets of a namespace, in base64. */
async function secretsIn(namespace: string): Promise<string[]> {
  const all = (await get("secrets", "-n", namespace)) as unknown as {
    type: string;
    data?: Record<string, string>;
  }[];
  // REDIS_URL and SESSION_REDIS_URL are one Redis here.
  return [...new Set(all.flatMap(({ data }) => Object.values(data ?? {})))].sort();
}
